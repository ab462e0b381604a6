//! The fields of the schema, as ways from something that is asked for to each value below it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use async_graphql_parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use serde_json::Value;

/// A way down: by a field, or only where it comes to an object of some type.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    On(String),
}

/// A value somewhere below something.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// The way to it, as people write it.
    pub(super) name: String,
    /// The field that holds it, and those on the way to it, as `Type.field`.
    pub(super) fields: Vec<String>,
    steps: Vec<Step>,
}

/// Everything that can be asked of a type.
pub(super) struct Selection {
    pub(super) text: String,
    pub(super) leaves: Vec<Leaf>,
}

pub(super) struct Schema(BTreeMap<String, TypeDefinition>);

impl Schema {
    pub(super) fn of_this_server() -> Self {
        let document = parse_schema(resolvers::sdl()).expect("the schema can be parsed");
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node)),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        });
        Self(types.collect())
    }

    /// Every field of every object but the roots, as `Type.field`.
    pub(super) fn fields_of_objects(&self) -> BTreeSet<String> {
        let objects = self
            .0
            .iter()
            .filter(|(name, ty)| is_object(ty) && !["Query", "Mutation", "Subscription"].contains(&name.as_str()));
        objects.flat_map(|(name, ty)| fields(ty).map(move |field| format!("{name}.{}", field.name.node))).collect()
    }

    /// The fields of a type.
    pub(super) fn fields(&self, ty: &str) -> impl Iterator<Item = &FieldDefinition> {
        fields(&self.0[ty])
    }

    /// Whether all that is of this type has an id and rules of its own, so that it is asked for by itself.
    pub(super) fn is_node(&self, ty: &str) -> bool {
        let is_node = |name: &String| match &self.0[name].kind {
            TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == "Node"),
            _ => false,
        };
        let concrete = self.concrete(ty);
        !concrete.is_empty() && concrete.iter().all(is_node)
    }

    /// All that can be asked of a type.
    pub(super) fn selection(&self, ty: &str) -> Selection {
        let mut leaves = Vec::new();
        let text = self.select(ty, &Leaf { name: String::new(), fields: Vec::new(), steps: Vec::new() }, &mut leaves);
        Selection { text, leaves }
    }

    fn select(&self, ty: &str, way: &Leaf, leaves: &mut Vec<Leaf>) -> String {
        let concrete = self.concrete(ty);
        let mut text = "__typename".to_owned();
        for name in &concrete {
            let way = if concrete.len() == 1 { way.clone() } else { way.on(name) };
            let mut selected = String::new();
            for field in fields(&self.0[name]) {
                selected.push_str(&self.select_field(name, field, &way, leaves));
            }
            let _ = write!(text, " ... on {name} {{{selected} }}");
        }
        text
    }

    fn select_field(&self, ty: &str, field: &FieldDefinition, way: &Leaf, leaves: &mut Vec<Leaf>) -> String {
        let (name, answered) = (field.name.node.as_str(), base_name(&field.ty.node));
        let way = way.down(ty, name);
        if self.concrete(answered).is_empty() {
            leaves.push(way);
            return format!(" {name}");
        }
        if self.is_node(answered) {
            leaves.push(way);
            return format!(" {name} {{ __typename }}");
        }
        format!(" {name} {{ {} }}", self.select(answered, &way, leaves))
    }

    /// The objects that something of this type can be; none where it has no fields.
    fn concrete(&self, ty: &str) -> Vec<String> {
        match self.0.get(ty).map(|ty| &ty.kind) {
            Some(TypeKind::Object(_)) => vec![ty.to_owned()],
            Some(TypeKind::Union(union)) => union.members.iter().map(|member| member.node.to_string()).collect(),
            Some(TypeKind::Interface(_)) => {
                let implements = |(_, other): &(&String, &TypeDefinition)| match &other.kind {
                    TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == ty),
                    _ => false,
                };
                self.0.iter().filter(implements).map(|(name, _)| name.clone()).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Leaf {
    /// The field by which the way begins.
    pub(super) fn first_field(&self) -> Option<&str> {
        self.steps.iter().find_map(|step| match step {
            Step::Field(name) => Some(name.as_str()),
            Step::On(_) => None,
        })
    }

    /// The values at the end of the way; of lists, those of all items.
    pub(super) fn values<'a>(&self, root: &'a Value) -> Vec<&'a Value> {
        let mut values = flat(root);
        for step in &self.steps {
            values = match step {
                Step::Field(name) => values
                    .into_iter()
                    .flat_map(|value| if value.is_null() { vec![value] } else { flat(&value[name]) })
                    .collect(),
                Step::On(ty) => values.into_iter().filter(|value| value["__typename"] == ty.as_str()).collect(),
            };
        }
        values
    }

    fn down(&self, ty: &str, field: &str) -> Self {
        let mut way = self.clone();
        way.name = if way.name.is_empty() { field.to_owned() } else { format!("{}.{field}", way.name) };
        way.fields.push(format!("{ty}.{field}"));
        way.steps.push(Step::Field(field.to_owned()));
        way
    }

    fn on(&self, ty: &str) -> Self {
        let mut way = self.clone();
        way.name = format!("{}({ty})", way.name);
        way.steps.push(Step::On(ty.to_owned()));
        way
    }
}

fn flat(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        _ => vec![value],
    }
}

fn is_object(ty: &TypeDefinition) -> bool {
    matches!(ty.kind, TypeKind::Object(_))
}

fn fields(ty: &TypeDefinition) -> impl Iterator<Item = &FieldDefinition> {
    let fields = match &ty.kind {
        TypeKind::Object(object) => object.fields.as_slice(),
        _ => &[],
    };
    fields.iter().map(|field| &field.node)
}

/// The name of a type, without lists and exclamation marks.
pub(super) fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}
