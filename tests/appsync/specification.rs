//! The emulator itself: it executes as GraphQL specifies, and calls resolvers as AppSync does.

use std::sync::{Arc, Mutex};

use futures::FutureExt;
use serde_json::{Value, json};

use super::{
    caller::{Caller, Mode},
    emulator::{Emulator, Failure, Invocation, MAX_BATCH},
    schema::Schema,
};

const SDL: &str = "
    schema { query: Query mutation: Mutation }
    type Query @aws_cognito_user_pools { people(count: Int! = 2): [Person!] person: Person being: Being pets: [Cat] crowd: [Person!]
        echo(text: String = \"none\", input: EchoInput, list: [Int!]): String  open: Open @aws_api_key }
    type Mutation { add(n: Int!): Person }
    type Open @aws_api_key @aws_cognito_user_pools { word: String shut: String @aws_cognito_user_pools(cognito_groups: [\"admin\"]) need: Need }
    type Need { must: String! }
    interface Being { name: String! friend: Person }
    type Person implements Being { name: String! age: Int friend: Person pet(kind: Kind! = CAT): Cat }
    type Cat implements Being { name: String! friend: Person lives: Int }
    enum Kind { CAT LION }
    input EchoInput { a: Int! = 7 b: [Inner!] }
    input Inner { c: String d: Kind = LION }
";
const RESOLVERS: [&str; 10] = [
    "Query.people",
    "Query.person",
    "Query.being",
    "Query.pets",
    "Query.crowd",
    "Query.echo",
    "Query.open",
    "Mutation.add",
    "Person.pet",
    "Cat.friend",
];

/// What a resolver answers here, by its field.
fn resolve(context: &Value) -> Result<Value, Failure> {
    let person = |name: &str| json!({ "__typename": "Person", "name": name, "age": 7, "friend": null });
    match context["info"]["fieldName"].as_str().expect("a field") {
        "people" => {
            (0..context["arguments"]["count"].as_u64().expect("a number")).map(|n| Ok(person(&n.to_string()))).collect()
        }
        "person" => Ok(json!({ "name": "Ada", "age": "seven", "friend": {} })),
        "being" => Ok(json!({ "__typename": "Cat", "name": "Tom" })),
        "pets" => Ok(json!([{ "name": "Tom" }, { "lives": 9 }, { "name": "Kit" }])),
        "crowd" => Ok(json!([person("Ada"), {}])),
        "echo" => Ok(json!(context["arguments"].to_string())),
        "open" => Ok(json!({ "word": "hi", "shut": "secret", "need": {} })),
        "add" => Ok(person(&context["arguments"]["n"].to_string())),
        "pet" if context["source"]["name"] == "1" => {
            Err(Failure { error_type: "GONE".to_owned(), message: "It ran away.".to_owned() })
        }
        "pet" => Ok(json!({ "name": format!("{} of {}", context["arguments"]["kind"], context["source"]["name"]) })),
        "friend" => Ok(person(context["info"]["parentTypeName"].as_str().expect("a type"))),
        other => panic!("{other} has no resolver"),
    }
}

fn answer_to(payload: Value) -> Result<Value, Failure> {
    let Value::Array(contexts) = payload else { return resolve(&payload) };
    let item = |context: &Value| match resolve(context) {
        Ok(data) => json!({ "data": data, "errorMessage": null, "errorType": null }),
        Err(failure) => json!({ "data": null, "errorMessage": failure.message, "errorType": failure.error_type }),
    };
    Ok(contexts.iter().map(item).collect())
}

fn emulator(invocation: Invocation) -> Emulator {
    let schema = Schema::new(SDL, RESOLVERS.map(str::to_owned));
    Emulator::new(schema, Arc::new(|payload| async move { answer_to(payload) }.boxed()), invocation)
}

fn somebody(mode: Mode, groups: &[&str]) -> Caller {
    let groups = groups.iter().map(|&group| group.to_owned()).collect();
    Caller { mode, groups, identity: Value::Null, headers: json!({}) }
}

async fn ask(document: &str, variables: Value) -> Value {
    emulator(Invocation::Batch).execute(&somebody(Mode::UserPools, &[]), document, &variables).await
}

async fn check(document: &str, variables: Value, data: Value) {
    assert_eq!(ask(document, variables).await, json!({ "data": data }), "{document}");
}

/// The paths and kinds of the errors, in the order of their listing.
fn errors(answer: &Value) -> Vec<(String, String)> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    errors
        .map(|error| (error["path"].to_string(), error["errorType"].as_str().unwrap_or_default().to_owned()))
        .collect()
}

#[tokio::test]
async fn a_resolver_is_called_once_for_all_items_of_a_level_or_once_for_each() {
    let document =
        "{ people(count: 3) { name first: pet { name friend { pet { name } } } second: pet(kind: LION) { name } } }";
    let mut answers = Vec::new();
    for (invocation, expected) in [
        (Invocation::Batch, vec![("Query.people", 1), ("Person.pet", 6), ("Cat.friend", 2), ("Person.pet", 2)]),
        (
            Invocation::Single,
            [
                vec![("Query.people", 1)],
                vec![("Person.pet", 1); 6],
                vec![("Cat.friend", 1); 2],
                vec![("Person.pet", 1); 2],
            ]
            .concat(),
        ),
    ] {
        let emulator = emulator(invocation);
        answers.push(emulator.execute(&somebody(Mode::UserPools, &[]), document, &json!({})).await);
        let calls = emulator.take_calls();
        let calls: Vec<(&str, usize)> = calls.iter().map(|(resolver, count)| (resolver.as_str(), *count)).collect();
        assert_eq!(calls, expected);
    }
    assert_eq!(answers[0], answers[1]);
    let first = json!({ "name": "\"CAT\" of \"2\"", "friend": { "pet": { "name": "\"CAT\" of \"Cat\"" } } });
    assert_eq!(
        answers[0]["data"]["people"][2],
        json!({ "name": "2", "first": first, "second": { "name": "\"LION\" of \"2\"" } })
    );
    let gone = |alias: &str| (format!("[\"people\",1,\"{alias}\"]"), "GONE".to_owned());
    assert_eq!(errors(&answers[0]), [gone("first"), gone("second")]);
    assert_eq!(answers[0]["data"]["people"][1], json!({ "name": "1", "first": null, "second": null }));
}

#[tokio::test]
async fn a_batch_is_cut_where_it_gets_too_long() {
    let emulator = emulator(Invocation::Batch);
    let document = "query($n: Int!) { people(count: $n) { pet { name } } }";
    let variables = json!({ "n": MAX_BATCH + 1 });
    let answer = emulator.execute(&somebody(Mode::UserPools, &[]), document, &variables).await;
    assert_eq!(answer["data"]["people"].as_array().map(Vec::len), Some(MAX_BATCH + 1));
    let calls: Vec<usize> = emulator.take_calls().into_iter().map(|(_, count)| count).collect();
    assert_eq!(calls, [1, MAX_BATCH, 1]);
}

#[tokio::test]
async fn a_batch_that_is_answered_with_another_length_fails_for_every_item() {
    let schema = Schema::new(SDL, RESOLVERS.map(str::to_owned));
    let short = |payload: Value| match &payload[0]["info"]["fieldName"] {
        field if field == "pet" => Ok(json!([{ "data": { "name": "Tom" } }])),
        _ => answer_to(payload),
    };
    let emulator =
        Emulator::new(schema, Arc::new(move |payload| async move { short(payload) }.boxed()), Invocation::Batch);
    let answer =
        emulator.execute(&somebody(Mode::UserPools, &[]), "{ people { name pet { name } } }", &json!({})).await;
    assert_eq!(answer["data"]["people"], json!([{ "name": "0", "pet": null }, { "name": "1", "pet": null }]));
    assert_eq!(errors(&answer).len(), 2);
}

#[tokio::test]
async fn null_where_none_may_be_takes_the_nearest_parent_that_may_be_null() {
    let answer = ask("{ pets { name lives } person { name } }", json!({})).await;
    let pets = json!([{ "name": "Tom", "lives": null }, null, { "name": "Kit", "lives": null }]);
    assert_eq!(answer["data"], json!({ "pets": pets, "person": { "name": "Ada" } }));
    assert_eq!(errors(&answer), [("[\"pets\",1,\"name\"]".to_owned(), "NonNull".to_owned())]);
    let answer = ask("{ person { name friend { name } } crowd { name } }", json!({})).await;
    assert_eq!(answer["data"], json!({ "person": { "name": "Ada", "friend": null }, "crowd": null }));
    let expected = ["[\"crowd\",1,\"name\"]", "[\"person\",\"friend\",\"name\"]"];
    assert_eq!(errors(&answer), expected.map(|path| (path.to_owned(), "NonNull".to_owned())));
}

#[tokio::test]
async fn a_value_of_another_type_is_null_with_an_error() {
    let answer = ask("{ person { name age } }", json!({})).await;
    assert_eq!(answer["data"], json!({ "person": { "name": "Ada", "age": null } }));
    assert_eq!(errors(&answer), [("[\"person\",\"age\"]".to_owned(), "Serialization".to_owned())]);
}

#[tokio::test]
async fn a_field_is_given_only_to_whom_its_directives_or_those_of_its_type_let_in() {
    let emulator = emulator(Invocation::Batch);
    let document = "{ open { word shut need { must } } person { name } }";
    let expected = [
        (
            somebody(Mode::ApiKey, &[]),
            json!({ "open": { "word": "hi", "shut": null, "need": null }, "person": null }),
            vec!["[\"person\"]", "[\"open\",\"shut\"]", "[\"open\",\"need\",\"must\"]"],
        ),
        (
            somebody(Mode::UserPools, &["visitor"]),
            json!({ "open": null, "person": { "name": "Ada" } }),
            vec!["[\"open\"]"],
        ),
        (somebody(Mode::Iam, &["admin"]), json!({ "open": null, "person": null }), vec!["[\"open\"]", "[\"person\"]"]),
    ];
    for (caller, data, paths) in expected {
        let answer = emulator.execute(&caller, document, &json!({})).await;
        assert_eq!(answer["data"], data, "{:?}", caller.mode);
        let refused = paths.into_iter().map(|path| (path.to_owned(), "Unauthorized".to_owned()));
        assert_eq!(errors(&answer), refused.collect::<Vec<_>>(), "{:?}", caller.mode);
    }
    let groups = Schema::new(
        "schema { query: Query } type Query { a: Int @aws_cognito_user_pools(cognito_groups: [\"admin\"]) }",
        [],
    );
    let field = groups.field("Query", "a").expect("a field");
    assert!(groups.allows(&somebody(Mode::UserPools, &["visitor", "admin"]), "Query", field));
    assert!(!groups.allows(&somebody(Mode::UserPools, &["visitor"]), "Query", field));
    assert!(!groups.allows(&somebody(Mode::ApiKey, &["admin"]), "Query", field));
}

#[tokio::test]
async fn arguments_come_with_their_defaults_at_any_depth() {
    let expected = |arguments: Value| json!({ "echo": arguments.to_string() });
    check("{ echo }", json!({}), expected(json!({ "text": "none" }))).await;
    check("query($t: String) { echo(text: $t) }", json!({}), expected(json!({ "text": "none" }))).await;
    check("query($t: String) { echo(text: $t) }", json!({ "t": null }), expected(json!({ "text": null }))).await;
    check("query($t: String = \"own\") { echo(text: $t) }", json!({}), expected(json!({ "text": "own" }))).await;
    let deep = json!({ "text": "none", "input": { "a": 7, "b": [{ "c": "x", "d": "LION" }] }, "list": [1, 2] });
    check(
        "query($c: String, $n: Int!) { echo(input: { b: { c: $c } }, list: [1, $n]) }",
        json!({ "c": "x", "n": 2 }),
        expected(deep.clone()),
    )
    .await;
    check(
        "query($i: EchoInput, $l: [Int!]) { echo(input: $i, list: $l) }",
        json!({ "i": { "b": [{ "c": "x" }] }, "l": [1, 2] }),
        expected(deep),
    )
    .await;
}

#[tokio::test]
async fn variables_of_another_type_refuse_the_whole_request() {
    for variables in [json!({}), json!({ "n": null }), json!({ "n": "1" }), json!({ "n": 3_000_000_000_u32 })] {
        let answer = ask("query($n: Int!) { people(count: $n) { name } }", variables.clone()).await;
        assert_eq!(answer.get("data"), None, "{variables}");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{variables}");
    }
}

#[tokio::test]
async fn fragments_directives_and_aliases_select_as_specified() {
    let document = "query($yes: Boolean! = true, $no: Boolean!) {
        one: person { ...F name @skip(if: $yes) } being { __typename ... on Person { age } ... on Cat { lives } ...B }
        person @include(if: $no) { name } two: person { ... @include(if: $yes) { called: name } ... @skip(if: $yes) { age } }
        ...Q @include(if: $no) }
        fragment F on Person { name ...B }  fragment B on Being { title: name }  fragment Q on Query { pets { name } }";
    let data = json!({
        "one": { "name": "Ada", "title": "Ada" },
        "being": { "__typename": "Cat", "lives": null, "title": "Tom" },
        "two": { "called": "Ada" },
    });
    check(document, json!({ "no": false }), data).await;
    check(
        "{ person { name } person { title: name } }",
        json!({}),
        json!({ "person": { "name": "Ada", "title": "Ada" } }),
    )
    .await;
}

#[tokio::test]
async fn a_resolver_learns_what_appsync_tells() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = heard.clone();
    let schema = Schema::new(SDL, RESOLVERS.map(str::to_owned));
    let lambda = move |payload: Value| {
        hearing.lock().expect("nobody panicked").push(payload.clone());
        async move { answer_to(payload) }.boxed()
    };
    let emulator = Emulator::new(schema, Arc::new(lambda), Invocation::Single);
    let caller = Caller {
        identity: json!({ "sub": "1" }),
        headers: json!({ "host": "here" }),
        ..somebody(Mode::UserPools, &[])
    };
    let document =
        "query($n: Int) { being { friend { ...P a: name pet(kind: LION) { name } } } } fragment P on Person { age }";
    emulator.execute(&caller, document, &json!({ "n": 3, "unknown": 1 })).await;
    let heard = heard.lock().expect("nobody panicked");
    let expected = json!({
        "arguments": {},
        "identity": { "sub": "1" },
        "source": { "__typename": "Cat", "name": "Tom" },
        "request": { "headers": { "host": "here" }, "domainName": null },
        "prev": null,
        "info": {
            "selectionSetList": ["age", "a", "pet", "pet/name"],
            "selectionSetGraphQL": "{\n  ...P\n  a: name\n  pet(kind: LION) {\n    name\n  }\n}",
            "parentTypeName": "Cat",
            "fieldName": "friend",
            "variables": { "n": 3 },
        },
        "stash": {},
    });
    assert_eq!(heard[1], expected);
    assert_eq!(heard[0]["source"], Value::Null);
}

#[tokio::test]
async fn mutations_are_called_one_after_the_other_with_all_below_them() {
    let emulator = emulator(Invocation::Batch);
    let document = "mutation { a: add(n: 5) { name pet { name } } b: add(n: 6) { pet { name } } }";
    let answer = emulator.execute(&somebody(Mode::UserPools, &[]), document, &json!({})).await;
    assert_eq!(answer["data"]["a"], json!({ "name": "5", "pet": { "name": "\"CAT\" of \"5\"" } }));
    let calls: Vec<String> = emulator.take_calls().into_iter().map(|(resolver, _)| resolver).collect();
    assert_eq!(calls, ["Mutation.add", "Person.pet", "Mutation.add", "Person.pet"]);
}
