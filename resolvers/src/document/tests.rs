use async_graphql::Variables;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const SCHEMA: &str = "
    type Query { thing: Thing things(first: Int! = 50): ThingConnection one: One mutants: [One!] }
    type Mutation { change: One }
    interface Thing { name: String parts(first: Int! = 20): ThingConnection }
    type One implements Thing { name: String tags: [String!] parts(first: Int! = 20): ThingConnection others: [One!] }
    type ThingConnection { edges: [ThingEdge!]! }
    type ThingEdge { node: Thing! }
";

fn inspector() -> Inspector {
    Inspector::new(SCHEMA)
}

fn request(document: &str, variables: Value) -> Request {
    Request::new(document).variables(Variables::from_json(variables))
}

fn measure(document: &str) -> Measured {
    inspector().measure(&mut request(document, Value::Null)).unwrap_or_else(|error| panic!("{document}: {error:?}"))
}

fn cost(document: &str, variables: Value) -> usize {
    let measured = inspector().measure(&mut request(document, variables));
    measured.unwrap_or_else(|error| panic!("{document}: {error:?}")).cost
}

fn refusal(document: &str) -> String {
    inspector().check(&mut request(document, Value::Null)).expect_err(document).message
}

#[test]
fn every_field_costs_one_and_lists_multiply() {
    for (document, expected) in [
        ("{ __typename }", 1),
        ("{ thing { name } }", 2),
        ("{ one { name tags } }", 3),
        ("{ things(first: 7) { edges { node { name } } } }", 7 * 3),
        ("{ things { edges { node { name } } } }", 50 * 3),
        ("{ things(first: 7) { edges { node { parts(first: 3) { edges { node { name } } } } } } }", 7 * (2 + 3 * 3)),
        ("{ a: things(first: 7) { edges { cursor } } b: things(first: 5) { edges { cursor } } }", 24),
    ] {
        assert_eq!(cost(document, Value::Null), expected, "{document}");
    }
}

#[test]
fn the_field_of_an_interface_costs_what_that_of_its_types_does() {
    let of = |inner: &str| cost(&format!("{{ thing {{ {inner} }} }}"), Value::Null);
    assert_eq!(of("parts(first: 100) { edges { node { name } } }"), 1 + 100 * 3);
    assert_eq!(of("... on One { parts(first: 100) { edges { node { name } } } }"), 1 + 100 * 3);
    assert_eq!(of("... { ... { parts(first: 100) { edges { node { name } } } } }"), 1 + 100 * 3);
}

#[test]
fn a_list_that_nobody_thought_of_costs_as_much_as_a_full_page() {
    assert_eq!(cost("{ mutants { name } }", Value::Null), 100);
    assert_eq!(cost("{ one { others { others { name } } } }", Value::Null), 1 + 100 * 100);
}

#[test]
fn first_counts_as_a_variable_too() {
    let document = "query($n: Int!) { things(first: $n) { edges { node { name } } } }";
    assert_eq!(cost(document, json!({ "n": 9 })), 27);
    let defaulted = "query($n: Int = 4) { things(first: $n) { edges { node { name } } } }";
    assert_eq!(cost(defaulted, json!({})), 12);
    assert_eq!(cost(defaulted, json!({ "n": 9 })), 27);
    // What is no number is refused later, and is no way to pay less.
    assert_eq!(cost(document, json!({ "n": "many" })), 300);
    assert_eq!(cost(document, json!({ "n": null })), 300);
    assert_eq!(cost("query($n: Int) { things(first: $n) { edges { node { name } } } }", json!({})), 150);
    let within = "query($n: Int!) { ...F } fragment F on Query { things(first: $n) { edges { node { name } } } }";
    assert_eq!(cost(within, json!({ "n": 9 })), 27);
}

#[test]
fn no_number_makes_a_page_cheaper_or_overflows() {
    let of =
        |first: &str| cost(&format!("{{ things(first: {first}) {{ edges {{ node {{ name }} }} }} }}"), Value::Null);
    for (first, expected) in [
        ("0", 3),
        ("-5", 3),
        ("101", 300),
        ("2147483647", 300),
        ("99999999999999999999", 3),
        ("1.5", 3),
        ("\"9\"", 300),
    ] {
        assert_eq!(of(first), expected, "{first}");
    }
    let deep =
        (0..30).fold("name".to_owned(), |inner, _| format!("parts(first: 100) {{ edges {{ node {{ {inner} }} }} }}"));
    assert!(refusal(&format!("{{ thing {{ {deep} }} }}")).contains("in each other"));
}

#[test]
fn fragments_count_where_they_are_spread() {
    let twice = measure("{ ...F ...F } fragment F on Query { thing { name } one { name } }");
    assert_eq!((twice.root_fields, twice.cost), (4, 8));
    let inline = measure("{ ... { thing { name } } ... on Query { a: one { name } } }");
    assert_eq!((inline.root_fields, inline.cost, inline.document.aliases), (2, 4, 1));
    let deep = measure("{ ...A } fragment A on Query { ...B } fragment B on Query { thing { name } }");
    assert_eq!((deep.root_fields, deep.document.depth, deep.document.recursion), (1, 2, 3));
}

#[test]
fn only_the_chosen_operation_has_root_fields_and_a_cost() {
    let document = "query A { a: __typename b: __typename } mutation B { change { name } }";
    let of = |name: Option<&str>| {
        let mut asked = request(document, Value::Null);
        asked.operation_name = name.map(str::to_owned);
        let measured = inspector().measure(&mut asked).expect("a document");
        (measured.operation, measured.root_fields, measured.cost)
    };
    assert_eq!(of(Some("A")), (OperationType::Query, 2, 2));
    assert_eq!(of(Some("B")), (OperationType::Mutation, 1, 2));
    assert_eq!(of(Some("C")), (OperationType::Query, 0, 0));
    assert_eq!(of(None), (OperationType::Mutation, 2, 2), "the most of all while none is chosen");
}

#[test]
fn fragments_that_contain_themselves_are_refused() {
    for document in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { one { ...A } }",
        "{ ... { ...A } } fragment A on Query { ... { ...A ...A ...A } }",
    ] {
        assert!(refusal(document).contains("`A` contains itself"), "{document}");
    }
    // Refused later, and by its own name.
    assert_eq!(measure("{ ...Nowhere thing { name } }").cost, 2);
}

#[test]
fn fragments_that_double_at_every_step_are_refused_at_once() {
    let doubling = |steps: usize, last: &str| {
        let step = |n: usize| format!("fragment F{n} on Query {{ ...F{} ...F{} }}", n + 1, n + 1);
        let steps: Vec<String> = (0..steps).map(step).collect();
        format!("{{ ...F0 }} {} {last}", steps.join(" "))
    };
    let endless = doubling(80, "fragment F80 on Query { thing { name } }");
    assert_eq!(
        refusal(&endless),
        "The document has endlessly many selections with its fragments in place; at most 5000 are allowed."
    );
    assert!(refusal(&doubling(20, "fragment F20 on Query { thing { name } }")).contains("selections"));
    // Many operations do not each get as much.
    let many: Vec<String> = (0..40).map(|n| format!("query Q{n} {{ ...F0 }}")).collect();
    let shared = doubling(6, "fragment F6 on Query { thing { name } }");
    assert!(refusal(&shared.replacen("{ ...F0 }", &many.join(" "), 1)).contains("selections"));
}

#[test]
fn introspection_may_not_go_round_in_circles() {
    let round = |times: usize| {
        let inner = (0..times).fold("name".to_owned(), |inner, _| format!("fields {{ type {{ {inner} }} }}"));
        format!("{{ __type(name: \"One\") {{ {inner} }} }}")
    };
    assert!(inspector().check(&mut request(&round(2), Value::Null)).is_ok());
    assert!(refusal(&round(3)).contains("lists of types"));
    let hidden = "{ __schema { types { ...T } } } fragment T on __Type { fields { type { ...U } } } \
                  fragment U on __Type { possibleTypes { interfaces { name } } }";
    assert!(refusal(hidden).contains("lists of types"));
}

#[test]
fn a_document_that_cannot_be_parsed_is_refused_with_the_place() {
    let error = inspector().check(&mut request("{ thing { }", Value::Null)).expect_err("no document");
    assert_eq!(error.locations.len(), 1, "{error:?}");
}

#[test]
fn brackets_stop_before_the_parser_does() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 2), "]".repeat(levels - 2));
        format!("{{ thing(x: {open}{close}) {{ name }} }}")
    };
    assert!(inspector().measure(&mut request(&nested(MAX_NESTING), Value::Null)).is_ok());
    assert!(refusal(&nested(MAX_NESTING + 1)).contains("51 brackets in each other; at most 50"));
    assert!(refusal(&nested(400)).contains("brackets"));
}

proptest! {
    #[test]
    fn any_text_is_taken_or_refused(text in any::<String>()) {
        let _ = inspector().check(&mut Request::new(text));
    }

    #[test]
    fn any_heap_of_tokens_is_taken_or_refused(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "(", ")", "[", "]", "!", "$", ":", "=", "@", "...", "query", "mutation", "fragment", "on", "Query",
            "F", "thing", "things", "first", "name", "parts", "1", "-1", "\"x\"", "\"\"\"x\"\"\"", "$n", "...F", "true",
        ]), 0..80)
    ) {
        let _ = inspector().check(&mut Request::new(parts.join(" ")));
    }
}
