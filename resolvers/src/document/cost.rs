//! What fields cost, read from the text of the schema: a field that takes `first` costs that many times what is asked
//! of each row, any other list as many times as [`FIXED`] says, and every other field one.
//!
//! The library's own `complexity` is not used: it forgets the rules of a field that is asked of an interface
//! (`media { comments }`), its sums overflow, and its time grows exponentially with fragments within fragments.

use std::collections::HashMap;

use async_graphql::Variables;
use async_graphql_parser::{
    parse_schema,
    types::{BaseType, Field, FieldDefinition, OperationDefinition, Type, TypeKind, TypeSystemDefinition},
};
use async_graphql_value::{ConstValue, Value};
use model::MAX_PAGE_SIZE;

/// How many rows are charged for lists that take no `first`: about the most that they hold. A list that is in no line
/// costs as much as the longest page, and fails a test.
const FIXED: &[(&str, usize)] = &[
    ("Gallery.accessList", ACCESS_LIST_COST),
    ("Gallery.shareLinks", SHARE_LINKS_COST),
    ("Gallery.months", MONTHS_COST),
    ("Query.whoCanSee", WHO_CAN_SEE_COST),
    ("Query.whoCanSeeGallery", WHO_CAN_SEE_COST),
    ("Query.timelineMonths", MONTHS_COST),
    ("Query.signInOptions", SIGN_IN_OPTIONS_COST),
    ("UploadTicket.parts", UPLOAD_PARTS_COST),
    ("UploadPart.headers", HTTP_HEADERS_COST),
];
const ACCESS_LIST_COST: usize = 100;
const SHARE_LINKS_COST: usize = 50;
const WHO_CAN_SEE_COST: usize = 100;
const MONTHS_COST: usize = 240;
const SIGN_IN_OPTIONS_COST: usize = 20;
const UPLOAD_PARTS_COST: usize = 100;
const HTTP_HEADERS_COST: usize = 10;
/// Every payload lists what was wrong.
const USER_ERRORS_COST: usize = 10;

/// How many rows a field is charged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// It is no list; or the `edges` of a connection, which is charged already.
    None,
    /// As many as its argument `first` says, or this many where it is not given.
    First(usize),
    /// Always as many.
    Fixed(usize),
}

/// What is known of a field.
pub(super) struct Rule {
    /// The name of its type.
    pub(super) ty: String,
    pub(super) rows: Rows,
}

/// The rules of all fields.
pub(super) struct Rules(HashMap<String, HashMap<String, Rule>>);

impl Rules {
    /// # Errors
    /// When the text is no schema.
    pub(super) fn of(sdl: &str) -> Result<Self, async_graphql_parser::Error> {
        let mut rules = HashMap::<_, HashMap<_, _>>::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(ty) = definition else { continue };
            let fields = match &ty.node.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => continue,
            };
            let composite = ty.node.name.node.as_str();
            let of_type = fields.iter().map(|field| (field.node.name.node.to_string(), rule(composite, &field.node)));
            rules.insert(composite.to_owned(), of_type.collect());
        }
        let mut rules = Self(rules);
        rules.forget_lists_of_leaves();
        Ok(rules)
    }

    pub(super) fn get(&self, ty: &str, field: &str) -> Option<&Rule> {
        self.0.get(ty)?.get(field)
    }

    /// Texts and ids in a list cost no more than one text does, unless they come in pages.
    fn forget_lists_of_leaves(&mut self) {
        let composite: Vec<String> = self.0.keys().cloned().collect();
        for rule in self.0.values_mut().flat_map(HashMap::values_mut) {
            if matches!(rule.rows, Rows::Fixed(_)) && !composite.contains(&rule.ty) {
                rule.rows = Rows::None;
            }
        }
    }
}

fn rule(parent: &str, field: &FieldDefinition) -> Rule {
    let (ty, is_list) = named(&field.ty.node);
    let name = field.name.node.as_str();
    let first = field.arguments.iter().find(|argument| argument.node.name.node == "first");
    let rows = match first {
        Some(first) => {
            Rows::First(first.node.default_value.as_ref().and_then(|value| size(&value.node)).unwrap_or(MAX_PAGE_SIZE))
        }
        None if !is_list || (parent.ends_with("Connection") && name == "edges") => Rows::None,
        None => Rows::Fixed(fixed(parent, name).unwrap_or(MAX_PAGE_SIZE)),
    };
    Rule { ty, rows }
}

/// The rows that a list without `first` is charged for, where somebody decided that.
pub(super) fn fixed(parent: &str, field: &str) -> Option<usize> {
    if field == "userErrors" {
        return Some(USER_ERRORS_COST);
    }
    let place = format!("{parent}.{field}");
    FIXED.iter().find(|(known, _)| *known == place).map(|(_, rows)| *rows)
}

fn named(ty: &Type) -> (String, bool) {
    match &ty.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(item) => (named(item).0, true),
    }
}

/// The rows that `first` asks for in a document. What cannot be read is refused later; until then it is a full page.
pub(super) fn first(field: &Field, operation: &OperationDefinition, variables: &Variables, default: usize) -> usize {
    let Some(argument) = field.get_argument("first") else { return default };
    let Value::Variable(name) = &argument.node else {
        return argument.node.clone().into_const().as_ref().and_then(size).unwrap_or(MAX_PAGE_SIZE);
    };
    if let Some(value) = variables.get(name) {
        return size(value).unwrap_or(MAX_PAGE_SIZE);
    }
    let definition = operation.variable_definitions.iter().find(|definition| definition.node.name.node == *name);
    match definition.and_then(|definition| definition.node.default_value.as_ref()) {
        Some(value) => size(&value.node).unwrap_or(MAX_PAGE_SIZE),
        None => default,
    }
}

/// A page of this many rows; more than a page holds are refused where they are asked for.
fn size(value: &ConstValue) -> Option<usize> {
    let ConstValue::Number(number) = value else { return None };
    let rows = number.as_u64().and_then(|rows| usize::try_from(rows).ok()).unwrap_or(1);
    Some(rows.clamp(1, MAX_PAGE_SIZE))
}
