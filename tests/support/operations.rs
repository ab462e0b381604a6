//! The documents of `client/operations`, which every client sends.

use std::{collections::HashMap, fs, path::Path};

use async_graphql_parser::{
    Positioned, parse_query,
    types::{BaseType, OperationDefinition, OperationType, Selection, Type, TypeDefinition, TypeKind},
};
use serde_json::{Map, Value, json};

/// One document: exactly one operation, named as its file.
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) text: String,
    definition: OperationDefinition,
}

/// All operations, by name.
///
/// # Panics
/// When a file is not as [`Operation::read`] wants it.
pub(crate) fn operations() -> Vec<Operation> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../client/operations");
    let files = fs::read_dir(folder).expect("the operations are there").map(|entry| entry.expect("an entry").path());
    let mut operations: Vec<Operation> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "graphql"))
        .map(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name in UTF-8");
            let text = fs::read_to_string(&path).expect("a text");
            Operation::read(stem, text).unwrap_or_else(|problem| panic!("client/operations/{stem}.graphql: {problem}"))
        })
        .collect();
    operations.sort_by(|one, other| one.name.cmp(&other.name));
    operations
}

impl Operation {
    /// Reads one document; `stem` is the name of its file without the extension.
    ///
    /// # Errors
    /// Says what is wrong with it: it is no GraphQL, it holds more or less than one named operation, it has a fragment
    /// of its own, or the names differ.
    pub(crate) fn read(stem: &str, text: String) -> Result<Self, String> {
        let document = parse_query(&text).map_err(|error| error.to_string())?;
        if let Some(fragment) = document.fragments.keys().next() {
            return Err(format!("spell out fragment {fragment}: generators read all files as one document"));
        }
        let mut operations = document.operations.iter();
        let (Some((Some(name), definition)), None) = (operations.next(), operations.next()) else {
            return Err("must hold one operation, and it must have a name".to_owned());
        };
        let expected = pascal_case(stem);
        if name.as_str() != expected {
            return Err(format!("holds {name}, but by its name it should hold {expected}"));
        }
        let definition = definition.node.clone();
        Ok(Self { name: expected, text, definition })
    }

    pub(crate) fn kind(&self) -> OperationType {
        self.definition.ty
    }

    /// The root fields that it asks for, as `Query.viewer`.
    pub(crate) fn root_fields(&self) -> Vec<String> {
        let selections = self.definition.selection_set.node.items.iter();
        let fields = selections.filter_map(|selection| match &selection.node {
            Selection::Field(field) => Some(format!("{}.{}", root_name(self.kind()), field.node.name.node)),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
        });
        fields.collect()
    }

    /// Something for every variable that must be given: valid by its type, and naming nothing that is there.
    pub(crate) fn placeholder_variables(&self, types: &HashMap<String, TypeDefinition>) -> Value {
        let definitions = self.definition.variable_definitions.iter().map(|variable| &variable.node);
        let required =
            definitions.filter(|variable| !variable.var_type.node.nullable && variable.default_value.is_none());
        let values =
            required.map(|variable| (variable.name.node.to_string(), placeholder(&variable.var_type.node, types)));
        Value::Object(values.collect())
    }
}

/// `SignIn` of `sign-in`.
fn pascal_case(stem: &str) -> String {
    let words = stem.split('-').map(|word| {
        let mut chars = word.chars();
        chars.next().map(|first| format!("{}{}", first.to_ascii_uppercase(), chars.as_str())).unwrap_or_default()
    });
    words.collect()
}

fn root_name(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

fn placeholder(ty: &Type, types: &HashMap<String, TypeDefinition>) -> Value {
    let name = match &ty.base {
        BaseType::List(item) => return json!([placeholder(item, types)]),
        BaseType::Named(name) => name.as_str(),
    };
    match types.get(name).map(|definition| &definition.kind) {
        Some(TypeKind::Enum(values)) => json!(values.values[0].node.value.node),
        Some(TypeKind::InputObject(input)) => {
            let fields = input.fields.iter().map(|field: &Positioned<_>| &field.node);
            let required = fields.filter(|field| !field.ty.node.nullable && field.default_value.is_none());
            let values = required.map(|field| (field.name.node.to_string(), placeholder(&field.ty.node, types)));
            Value::Object(values.collect::<Map<_, _>>())
        }
        _ => placeholder_scalar(name),
    }
}

fn placeholder_scalar(name: &str) -> Value {
    match name {
        "ID" | "String" => json!("placeholder"),
        "Int" => json!(1),
        "Float" => json!(1.0),
        "Boolean" => json!(false),
        "AWSDate" => json!("2026-03-01"),
        "AWSDateTime" => json!("2026-03-01T09:30:00.000Z"),
        "AWSEmail" => json!("nobody@example.org"),
        "AWSURL" => json!("https://example.org/"),
        _ => panic!("say what a placeholder for {name} looks like"),
    }
}
