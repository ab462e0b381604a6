//! Variables and arguments, coerced by their types with defaults filled in (GraphQL specification, sections 3.5 to 3.12,
//! 6.1.2 and 6.4.1).

use async_graphql_parser::{
    Positioned,
    types::{BaseType, Field, InputValueDefinition, Type, TypeKind, VariableDefinition},
};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value, json};

use super::schema::Schema;

/// The variables of an operation, from what the client sent.
pub(super) fn variables(
    schema: &Schema,
    definitions: &[Positioned<VariableDefinition>],
    given: &Value,
) -> Result<Map<String, Value>, String> {
    let mut variables = Map::new();
    for definition in definitions.iter().map(|definition| &definition.node) {
        let name = definition.name.node.as_str();
        let default = definition.default_value.as_ref().map(|value| &value.node);
        let default = default.map(|value| value.clone().into_json().expect("a default is JSON"));
        match given.get(name).cloned().or(default) {
            Some(value) => {
                let value = coerce(schema, &definition.var_type.node, value);
                variables.insert(name.to_owned(), value.map_err(|why| format!("Variable '{name}': {why}"))?);
            }
            None if definition.var_type.node.nullable => {}
            None => return Err(format!("Variable '{name}' must be given")),
        }
    }
    Ok(variables)
}

/// The arguments of a field.
pub(super) fn arguments(
    schema: &Schema,
    definitions: &[Positioned<InputValueDefinition>],
    field: &Field,
    variables: &Map<String, Value>,
) -> Result<Value, String> {
    let given = field.arguments.iter();
    let given = given.filter_map(|(name, value)| Some((name.node.to_string(), in_json(&value.node, variables)?)));
    fill(schema, definitions, &given.collect())
}

/// A literal as JSON, with variables put in. None for a variable that has no value.
pub(super) fn in_json(literal: &Literal, variables: &Map<String, Value>) -> Option<Value> {
    Some(match literal {
        Literal::Variable(name) => variables.get(name.as_str())?.clone(),
        Literal::List(items) => {
            items.iter().map(|item| in_json(item, variables).unwrap_or_default()).collect::<Vec<_>>().into()
        }
        Literal::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.filter_map(|(name, value)| Some((name.to_string(), in_json(value, variables)?)));
            Value::Object(fields.collect())
        }
        Literal::Null => Value::Null,
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::String(text) => json!(text),
        Literal::Enum(name) => json!(name.as_str()),
        Literal::Boolean(yes) => json!(yes),
        Literal::Binary(_) => unreachable!("documents hold no bytes"),
    })
}

/// Arguments or the fields of an input object: those that are given, then the defaults of others.
fn fill(
    schema: &Schema,
    definitions: &[Positioned<InputValueDefinition>],
    given: &Map<String, Value>,
) -> Result<Value, String> {
    let mut filled = Map::new();
    for definition in definitions.iter().map(|definition| &definition.node) {
        let name = definition.name.node.as_str();
        let default = definition.default_value.as_ref().map(|value| &value.node);
        let default = default.map(|value| value.clone().into_json().expect("a default is JSON"));
        match given.get(name).cloned().or(default) {
            Some(value) => {
                let value = coerce(schema, &definition.ty.node, value);
                filled.insert(name.to_owned(), value.map_err(|why| format!("{name}: {why}"))?);
            }
            None if definition.ty.node.nullable => {}
            None => return Err(format!("{name} must be given")),
        }
    }
    let known = |name: &String| definitions.iter().any(|definition| definition.node.name.node == *name);
    match given.keys().find(|name| !known(name)) {
        Some(name) => Err(format!("{name} is not known")),
        None => Ok(Value::Object(filled)),
    }
}

fn coerce(schema: &Schema, ty: &Type, value: Value) -> Result<Value, String> {
    if value.is_null() {
        return if ty.nullable { Ok(value) } else { Err("must not be null".to_owned()) };
    }
    match &ty.base {
        BaseType::List(item) => match value {
            Value::Array(items) => items.into_iter().map(|value| coerce(schema, item, value)).collect(),
            single => Ok(json!([coerce(schema, item, single)?])),
        },
        BaseType::Named(name) => match (schema.kind(name), value) {
            (Some(TypeKind::InputObject(input)), Value::Object(fields)) => fill(schema, &input.fields, &fields),
            (Some(TypeKind::Enum(known)), value) => {
                let is_known = known.values.iter().any(|known| value == known.node.value.node.as_str());
                if is_known { Ok(value) } else { Err(format!("{value} is no {name}")) }
            }
            (None, value) => scalar(name, value),
            (Some(_), value) => Err(format!("{value} is no {name}")),
        },
    }
}

fn scalar(name: &str, value: Value) -> Result<Value, String> {
    let fits = match name {
        "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => value.is_number(),
        "Boolean" => value.is_boolean(),
        "ID" if value.is_i64() => return Ok(json!(value.to_string())),
        _ => value.is_string(),
    };
    if fits { Ok(value) } else { Err(format!("{value} is no {name}")) }
}
