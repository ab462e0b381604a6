//! Update expressions, written by naming what changes and under which conditions.

use std::{collections::HashMap, fmt::Display};

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use model::Error;
use serde::Serialize;

use crate::{item::to_value, keys::Key};

/// A conditional change of one item: attributes to set and remove, counters to move, conditions that must hold.
#[derive(Default)]
pub(crate) struct Change {
    sets: Vec<String>,
    removes: Vec<String>,
    adds: Vec<String>,
    deletes: Vec<String>,
    conditions: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

/// The parts of a finished [`Change`], as the SDK takes them.
pub(crate) struct Expressions {
    pub(crate) update: String,
    pub(crate) condition: Option<String>,
    pub(crate) names: Option<HashMap<String, String>>,
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl Change {
    /// A change of an item that must exist.
    pub(crate) fn of_existing() -> Self {
        let mut change = Self::default();
        change.conditions.push("attribute_exists(PK)".to_owned());
        change
    }

    /// A change of an item that need not exist.
    pub(crate) fn of_any() -> Self {
        Self::default()
    }

    /// Sets an attribute to a value as the table has it.
    pub(crate) fn set_value(mut self, attribute: &str, value: AttributeValue) -> Self {
        let name = self.name(attribute);
        let value = self.value(value);
        self.sets.push(format!("{name} = {value}"));
        self
    }

    /// Sets an attribute.
    pub(crate) fn set<T: Serialize>(self, attribute: &str, value: &T) -> Result<Self, Error> {
        Ok(self.set_value(attribute, to_value(value)?))
    }

    /// Sets an attribute, or removes it where there is no value.
    pub(crate) fn put<T: Serialize>(self, attribute: &str, value: Option<&T>) -> Result<Self, Error> {
        match value {
            Some(value) => self.set(attribute, value),
            None => Ok(self.remove(attribute)),
        }
    }

    /// Removes an attribute.
    pub(crate) fn remove(mut self, attribute: &str) -> Self {
        let name = self.name(attribute);
        self.removes.push(name);
        self
    }

    /// Moves a counter.
    pub(crate) fn add(mut self, attribute: &str, by: impl Display) -> Self {
        let name = self.name(attribute);
        let value = self.value(AttributeValue::N(by.to_string()));
        self.adds.push(format!("{name} {value}"));
        self
    }

    /// Puts something into a set of texts, which need not be there yet.
    pub(crate) fn add_member(mut self, attribute: &str, member: &impl Display) -> Self {
        let name = self.name(attribute);
        let value = self.value(AttributeValue::Ss(vec![member.to_string()]));
        self.adds.push(format!("{name} {value}"));
        self
    }

    /// Takes something out of a set of texts. An empty one is no more.
    pub(crate) fn remove_member(mut self, attribute: &str, member: &impl Display) -> Self {
        let name = self.name(attribute);
        let value = self.value(AttributeValue::Ss(vec![member.to_string()]));
        self.deletes.push(format!("{name} {value}"));
        self
    }

    /// Moves a counter within a map.
    pub(crate) fn add_within(mut self, map: &str, key: &str, by: impl Display) -> Self {
        let map = self.name(map);
        let name = format!("#k{}", self.names.len());
        self.names.insert(name.clone(), key.to_owned());
        let value = self.value(AttributeValue::N(by.to_string()));
        self.adds.push(format!("{map}.{name} {value}"));
        self
    }

    /// Only where one attribute is not there, or another has this value.
    pub(crate) fn when_absent_or<T: Serialize>(
        mut self,
        absent: &str,
        attribute: &str,
        value: &T,
    ) -> Result<Self, Error> {
        let (absent, name) = (self.name(absent), self.name(attribute));
        let value = self.value(to_value(value)?);
        self.conditions.push(format!("(attribute_not_exists({absent}) OR {name} = {value})"));
        Ok(self)
    }

    /// Only where an attribute is not there, or less than this value.
    pub(crate) fn when_absent_or_less<T: Serialize>(mut self, attribute: &str, value: &T) -> Result<Self, Error> {
        let name = self.name(attribute);
        let value = self.value(to_value(value)?);
        self.conditions.push(format!("(attribute_not_exists({name}) OR {name} < {value})"));
        Ok(self)
    }

    /// Only where an attribute has this value.
    pub(crate) fn when<T: Serialize>(mut self, attribute: &str, value: &T) -> Result<Self, Error> {
        let name = self.name(attribute);
        let value = self.value(to_value(value)?);
        self.conditions.push(format!("{name} = {value}"));
        Ok(self)
    }

    /// Only where an attribute has one of these values.
    pub(crate) fn when_one_of<T: Serialize>(mut self, attribute: &str, values: &[T]) -> Result<Self, Error> {
        let name = self.name(attribute);
        let values =
            values.iter().map(|value| Ok(self.value(to_value(value)?))).collect::<Result<Vec<_>, Error>>()?.join(", ");
        self.conditions.push(format!("{name} IN ({values})"));
        Ok(self)
    }

    /// Only where an attribute is not there.
    pub(crate) fn when_absent(mut self, attribute: &str) -> Self {
        let name = self.name(attribute);
        self.conditions.push(format!("attribute_not_exists({name})"));
        self
    }

    pub(crate) fn expressions(self) -> Expressions {
        let clauses = [("SET", self.sets), ("REMOVE", self.removes), ("ADD", self.adds), ("DELETE", self.deletes)];
        let update = clauses
            .into_iter()
            .filter(|(_, parts)| !parts.is_empty())
            .map(|(verb, parts)| format!("{verb} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ");
        Expressions {
            update,
            condition: Some(self.conditions.join(" AND ")).filter(|c| !c.is_empty()),
            names: Some(self.names).filter(|n| !n.is_empty()),
            values: Some(self.values).filter(|v| !v.is_empty()),
        }
    }

    /// As one write of a transaction.
    pub(crate) fn into_update(self, table: &str, key: &Key) -> Update {
        let parts = self.expressions();
        Update::builder()
            .table_name(table)
            .set_key(Some(key.attributes()))
            .update_expression(parts.update)
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.names)
            .set_expression_attribute_values(parts.values)
            .build()
            .expect("table, key and expression are set")
    }

    fn name(&mut self, attribute: &str) -> String {
        let name = format!("#{attribute}");
        self.names.insert(name.clone(), attribute.to_owned());
        name
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let name = format!(":v{}", self.values.len());
        self.values.insert(name.clone(), value);
        name
    }
}
