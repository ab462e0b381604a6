//! The AppSync part: written out of the schema, and around the same function.

use serde_json::{Value, json};

use super::document::{Template, read, texts};

/// The loops that write resolvers: the type, its fields, and what each of them becomes.
fn loops(template: &Template) -> Vec<(&str, Vec<&str>, &Value)> {
    let loops = template.section("Resources").iter().filter(|(name, _)| name.starts_with("Fn::ForEach::"));
    let loops = loops.map(|(name, parts)| {
        assert_eq!(parts[0], "Field", "{name}");
        let (id, resolver) = parts[2].as_object().and_then(|map| map.iter().next()).expect("what is written");
        let ty = resolver["Properties"]["TypeName"].as_str().expect("a name");
        assert_eq!(*id, format!("{ty}${{Field}}"));
        (ty, texts(&parts[1]), resolver)
    });
    loops.collect()
}

#[test]
fn every_field_that_appsync_must_ask_for_has_a_resolver_and_no_other() {
    let template = Template::read();
    let mut written: Vec<String> = loops(&template)
        .iter()
        .flat_map(|(ty, fields, _)| fields.iter().map(move |field| format!("{ty}.{field}")))
        .collect();
    written.sort_unstable();
    let asked = resolvers::appsync::resolver_fields(&resolvers::sdl());
    assert_eq!(written, asked, "the fields in infra/template.yaml are not those of `mantel schema --resolvers`");
    assert_eq!(template.of_type("AWS::AppSync::Resolver").len(), 0, "all are written by the loops");
}

#[test]
fn the_schema_is_the_exported_one() {
    let exported = resolvers::appsync::export(&resolvers::sdl());
    let renew = "run `cargo run -- schema --appsync > infra/appsync.graphql`";
    assert!(read("infra/appsync.graphql") == exported, "infra/appsync.graphql is not the schema: {renew}");
}

#[test]
fn rows_of_lists_are_asked_for_in_batches_and_roots_once() {
    let template = Template::read();
    for (ty, _, resolver) in loops(&template) {
        let properties = &resolver["Properties"];
        let is_root = ["Query", "Mutation", "Subscription"].contains(&ty);
        let code = if is_root { "Root" } else { "Row" };
        assert_eq!(properties["Code"]["Fn::FindInMap"], json!(["AppSyncCode", code, "Text"]), "{ty}");
        assert_eq!(properties.get("MaxBatchSize"), (!is_root).then_some(&json!(100)), "{ty}");
        assert_eq!(
            (&resolver["Condition"], &properties["FieldName"]),
            (&json!("HasAppSync"), &json!({ "Ref": "Field" }))
        );
    }
    let code =
        |name: &str| template.section("Mappings")["AppSyncCode"][name]["Text"].as_str().expect("code").to_owned();
    assert!(code("Root").contains("operation: 'Invoke', payload: [call]"));
    assert!(code("Row").contains("operation: 'BatchInvoke', payload: call"));
}

#[test]
fn without_being_asked_for_there_is_no_appsync() {
    let template = Template::read();
    assert_eq!(template.section("Parameters")["EnableAppSync"]["Default"], "false");
    for (name, resource) in template.section("Resources") {
        if resource["Type"].as_str().is_some_and(|ty| ty.starts_with("AWS::AppSync::")) {
            assert_eq!(resource["Condition"], "HasAppSync", "{name}");
        }
    }
}

#[test]
fn accounts_of_the_pool_are_the_usual_callers_and_functions_tell_of_events() {
    let template = Template::read();
    let api = template.properties("AppSyncApi");
    assert_eq!(api["AuthenticationType"], "AMAZON_COGNITO_USER_POOLS");
    assert_eq!(api["UserPoolConfig"]["UserPoolId"]["Ref"], "UserPool");
    let others = api["AdditionalAuthenticationProviders"].as_array().expect("a list");
    let others: Vec<&str> = others.iter().filter_map(|one| one["AuthenticationType"].as_str()).collect();
    assert_eq!(others, ["API_KEY", "AWS_IAM"], "as the schema's directives have it");
}
