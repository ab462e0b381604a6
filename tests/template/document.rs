//! The template, parsed: its short forms in their long form, so that `!Ref Table` is `{"Ref": "Table"}`.

use std::{fs, path::PathBuf};

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// `infra/template.yaml`.
pub(crate) struct Template(Value);

impl Template {
    /// Reads it.
    pub(crate) fn read() -> Self {
        let text = read("infra/template.yaml");
        let documents = Yaml::load_from_str(&text).expect("the template is YAML");
        Self(value_of(&documents[0]))
    }

    /// A top-level section, such as `Parameters`.
    pub(crate) fn section(&self, name: &str) -> &Map<String, Value> {
        self.0[name].as_object().unwrap_or_else(|| panic!("the template has no {name}"))
    }

    /// A resource.
    pub(crate) fn resource(&self, name: &str) -> &Value {
        self.section("Resources").get(name).unwrap_or_else(|| panic!("the template has no {name}"))
    }

    /// The properties of a resource.
    pub(crate) fn properties(&self, name: &str) -> &Value {
        &self.resource(name)["Properties"]
    }

    /// All resources of a type by name; those that a loop writes are left out.
    pub(crate) fn of_type(&self, ty: &str) -> Vec<(&str, &Value)> {
        let all = self.section("Resources").iter();
        all.filter(|(_, one)| one["Type"] == ty).map(|(name, one)| (name.as_str(), one)).collect()
    }

    /// The statements of a role's policies, those that depend on a parameter among them.
    pub(crate) fn statements(&self, role: &str) -> Vec<&Value> {
        let policies = self.properties(role)["Policies"].as_array().expect("policies");
        let statements = policies.iter().flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
        statements.map(|one| one.get("Fn::If").map_or(one, |branches| &branches[1])).collect()
    }
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What may stand for itself or in a list.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

/// The texts of what may stand for itself or in a list.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    list(value).into_iter().filter_map(Value::as_str).collect()
}

/// What a value says of others, or is: `!Ref A` and `A` give `A`, `!Sub x` and `!GetAtt x` give `x`.
pub(crate) fn named(value: &Value) -> &str {
    let of_form = ["Ref", "Fn::Sub", "Fn::GetAtt"].into_iter().find_map(|form| value.get(form)?.as_str());
    of_form.or_else(|| value.as_str()).unwrap_or_else(|| panic!("{value} names nothing"))
}

fn value_of(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(items) => items.iter().map(value_of).collect(),
        Yaml::Mapping(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (text_of(key), value_of(value))).collect())
        }
        Yaml::Tagged(tag, value) => {
            let name = if tag.suffix == "Ref" { tag.suffix.clone() } else { format!("Fn::{}", tag.suffix) };
            json!({ name: value_of(value) })
        }
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => panic!("CloudFormation does not take {node:?}"),
    }
}

fn text_of(key: &Yaml<'_>) -> String {
    key.as_str().unwrap_or_else(|| panic!("{key:?} is no name")).to_owned()
}
