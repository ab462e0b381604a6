//! Leaf values, as AppSync checks them before it answers.

use async_graphql_parser::types::TypeKind;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::schema::Schema;

/// A value of a scalar or an enum; none where AppSync could not serialise it.
pub(super) fn leaf(schema: &Schema, ty: &str, value: Value) -> Option<Value> {
    let text = value.as_str();
    let fits = match (schema.kind(ty), ty) {
        (Some(TypeKind::Enum(known)), _) => {
            known.values.iter().any(|known| text == Some(known.node.value.node.as_str()))
        }
        (Some(_), _) => false,
        (None, "Int") => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        (None, "Float") => return value.as_f64().map(|number| json!(number)),
        (None, "Boolean") => value.is_boolean(),
        (None, "AWSDateTime") => text.is_some_and(|text| OffsetDateTime::parse(text, &Rfc3339).is_ok()),
        (None, "AWSDate") => text.is_some_and(is_day),
        (None, "AWSURL") => text.is_some_and(|text| url::Url::parse(text).is_ok()),
        (None, "AWSEmail") => text.is_some_and(|text| text.contains('@')),
        (None, _) => text.is_some(),
    };
    fits.then_some(value)
}

fn is_day(text: &str) -> bool {
    OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339).is_ok()
}
