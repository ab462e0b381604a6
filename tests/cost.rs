//! Every list has its price: what a document may cost is only as good as the field that somebody forgot.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use async_graphql::{Request, Variables};
use async_graphql_parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition},
};
use resolvers::document::Inspector;
use serde_json::{Value, json};

/// A type with fields, or a union.
#[derive(Default)]
struct Composite {
    fields: Vec<FieldDefinition>,
    /// The types that it may be, where it is an interface or a union.
    members: BTreeSet<String>,
}

type Types = BTreeMap<String, Composite>;

fn types(sdl: &str) -> Types {
    let mut types = Types::new();
    for definition in parse_schema(sdl).expect("a schema").definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let name = ty.node.name.node.to_string();
        match ty.node.kind {
            TypeKind::Object(object) => {
                for interface in object.implements {
                    types.entry(interface.node.to_string()).or_default().members.insert(name.clone());
                }
                types.entry(name).or_default().fields = object.fields.into_iter().map(|field| field.node).collect();
            }
            TypeKind::Interface(interface) => {
                types.entry(name).or_default().fields = interface.fields.into_iter().map(|field| field.node).collect();
            }
            TypeKind::Union(union) => {
                types.entry(name).or_default().members = union.members.iter().map(|m| m.node.to_string()).collect();
            }
            TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => {}
        }
    }
    types
}

fn named(ty: &Type) -> (String, bool) {
    match &ty.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(item) => (named(item).0, true),
    }
}

/// What a document holds around the fields of a type.
type Road = (String, String);

/// A way from a root to every type that can be reached, the shortest in steps.
fn roads(types: &Types) -> BTreeMap<String, Road> {
    let mut roads = BTreeMap::from([
        ("Query".to_owned(), ("query {".to_owned(), "}".to_owned())),
        ("Mutation".to_owned(), ("mutation {".to_owned(), "}".to_owned())),
        ("Subscription".to_owned(), ("subscription {".to_owned(), "}".to_owned())),
    ]);
    roads.retain(|root, _| types.contains_key(root));
    let mut next: VecDeque<String> = roads.keys().cloned().collect();
    while let Some(name) = next.pop_front() {
        let (before, after) = roads[&name].clone();
        let steps = types[&name].fields.iter().map(|field| (named(&field.ty.node).0, call(field, None)));
        let members = types[&name].members.iter().map(|member| (member.clone(), format!("... on {member}")));
        for (target, step) in steps.chain(members) {
            if types.contains_key(&target) && !roads.contains_key(&target) {
                roads.insert(target.clone(), (format!("{before} {step} {{"), format!("}} {after}")));
                next.push_back(target);
            }
        }
    }
    roads
}

/// A field with what it must be given. Costs are counted before anybody looks at ids.
fn call(field: &FieldDefinition, first: Option<&str>) -> String {
    let needed = field.arguments.iter().map(|argument| &argument.node).filter_map(|argument| {
        let name = argument.name.node.as_str();
        let needed = !argument.ty.node.nullable && argument.default_value.is_none();
        match (name, first) {
            ("first", Some(first)) => Some(format!("first: {first}")),
            _ if needed && argument.ty.node.to_string() == "ID!" => Some(format!("{name}: \"x\"")),
            _ if needed => Some(format!("{name}: {{}}")),
            _ => None,
        }
    });
    let arguments: Vec<String> = needed.collect();
    let name = &field.name.node;
    if arguments.is_empty() { name.to_string() } else { format!("{name}({})", arguments.join(", ")) }
}

fn cost(document: &str, variables: Value) -> usize {
    let mut request = Request::new(document).variables(Variables::from_json(variables));
    let inspector = Inspector::new(&resolvers::sdl());
    inspector.measure(&mut request).unwrap_or_else(|error| panic!("{document}: {error:?}")).cost
}

/// A field that answers many rows, and a way to it.
struct List<'a> {
    place: String,
    parent: &'a str,
    field: &'a FieldDefinition,
    road: &'a Road,
    is_connection: bool,
}

impl List<'_> {
    fn takes_first(&self) -> bool {
        self.field.arguments.iter().any(|argument| argument.node.name.node == "first")
    }

    /// How many rows are charged: what one field more in each row adds, by what one more beside the list adds.
    fn charged_rows(&self, first: Option<&str>, variables: &Value) -> usize {
        let document = |beside: &str, inside: &str| {
            let (before, after) = self.road;
            let call = call(self.field, first);
            let rows = if self.is_connection {
                format!("{{ edges {{ node {{ __typename {inside} }} }} }}")
            } else {
                format!("{{ __typename {inside} }}")
            };
            let document = format!("{before} {beside} {call} {rows} {after}");
            // A variable is declared by the operation.
            let declared = if first == Some("$n") { "($n: Int!) {" } else { "{" };
            cost(&document.replacen('{', declared, 1), variables.clone())
        };
        let plain = document("", "");
        let (beside, inside) = (document("a: __typename", "") - plain, document("", "a: __typename") - plain);
        assert!(beside > 0 && inside % beside == 0, "{}: {beside} beside, {inside} inside", self.place);
        inside / beside
    }
}

/// All fields that answer many rows: connections, and lists of what has fields. `edges` belong to their connection.
fn lists<'a>(types: &'a Types, roads: &'a BTreeMap<String, Road>) -> Vec<List<'a>> {
    let mut lists = Vec::new();
    for (parent, composite) in types {
        for field in &composite.fields {
            let (target, is_list) = named(&field.ty.node);
            let is_connection = target.ends_with("Connection");
            let is_edges = parent.ends_with("Connection") && field.name.node == "edges";
            if is_edges || !types.contains_key(&target) || !(is_list || is_connection) {
                continue;
            }
            let place = format!("{parent}.{}", field.name.node);
            let road = roads.get(parent).unwrap_or_else(|| panic!("no way leads to {place}"));
            lists.push(List { place, parent, field, road, is_connection });
        }
    }
    lists
}

#[test]
fn every_list_that_takes_first_costs_in_proportion_to_it() {
    let types = types(&resolvers::sdl());
    let roads = roads(&types);
    let mut seen = BTreeSet::new();
    let lists = lists(&types, &roads);
    for list in lists.iter().filter(|list| list.takes_first()) {
        for first in [1, 2, 7, 100] {
            assert_eq!(list.charged_rows(Some(&first.to_string()), &Value::Null), first, "{}", list.place);
            assert_eq!(list.charged_rows(Some("$n"), &json!({ "n": first })), first, "{} by a variable", list.place);
        }
        let by_default = list.charged_rows(None, &Value::Null);
        assert!((2..=100).contains(&by_default), "{} without `first` is charged {by_default} rows", list.place);
        seen.insert(list.place.as_str());
    }
    for known in
        ["Query.galleries", "Query.trash", "Gallery.media", "Media.comments", "Photo.comments", "Video.comments"]
    {
        assert!(seen.contains(known), "{known} was not found: {seen:?}");
    }
}

#[test]
fn every_other_list_costs_a_fixed_number_of_rows_that_somebody_decided() {
    let types = types(&resolvers::sdl());
    let roads = roads(&types);
    let (mut seen, mut undecided) = (BTreeSet::new(), Vec::new());
    let lists = lists(&types, &roads);
    for list in lists.iter().filter(|list| !list.takes_first()) {
        if list.is_connection || !Inspector::has_fixed_cost(list.parent, list.field.name.node.as_str()) {
            undecided.push(list.place.clone());
            continue;
        }
        let rows = list.charged_rows(None, &Value::Null);
        assert!(rows > 1, "{} is charged {rows} rows", list.place);
        seen.insert(list.place.as_str());
    }
    assert!(undecided.is_empty(), "lists without `first` and without a line in FIXED of cost.rs: {undecided:?}");
    for known in ["Gallery.accessList", "Query.signInOptions", "UploadTicket.parts", "GalleryPayload.userErrors"] {
        assert!(seen.contains(known), "{known} was not found: {seen:?}");
    }
}

#[test]
fn a_list_that_nobody_decided_about_is_found_and_costs_a_full_page() {
    let sdl = resolvers::sdl().replacen("type Query {", "type Query {\n  forgotten: [Gallery!]", 1);
    let types = types(&sdl);
    let roads = roads(&types);
    let lists = lists(&types, &roads);
    let forgotten = lists.iter().find(|list| list.place == "Query.forgotten").expect("it is found");
    assert!(!forgotten.takes_first() && !Inspector::has_fixed_cost("Query", "forgotten"));
    let measured = Inspector::new(&sdl).measure(&mut Request::new("{ forgotten { title } }"));
    assert_eq!(measured.expect("a document").cost, 100);
}

#[test]
fn lists_in_lists_multiply() {
    let page = |galleries: &str, media: &str| {
        format!(
            "query($n: Int!, $m: Int!) {{ galleries(first: {galleries}) {{ edges {{ node {{ \
             media(first: {media}) {{ edges {{ node {{ id comments(first: 5) {{ edges {{ node {{ id }} }} }} }} }} }} \
             }} }} }} }}"
        )
    };
    let expected = 10 * (2 + 20 * (2 + 1 + 5 * 3));
    assert_eq!(cost(&page("10", "20"), json!({})), expected);
    assert_eq!(cost(&page("$n", "$m"), json!({ "n": 10, "m": 20 })), expected);
    let fragments = "{ galleries(first: 10) { ...G } } fragment G on GalleryConnection { edges { node { ...M } } } \
        fragment M on Gallery { media(first: 20) { edges { node { id ... { ...C } } } } } \
        fragment C on Media { comments(first: 5) { edges { node { id } } } }";
    assert_eq!(cost(fragments, json!({})), expected);
}

#[test]
fn what_tools_ask_for_to_learn_the_schema_is_far_from_the_limit() {
    // A type within a type, as often as graphql-js asks, and by it GraphiQL.
    let ty = (0..9).fold("kind name".to_owned(), |inner, _| format!("kind name ofType {{ {inner} }}"));
    let document = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }} \
         subscriptionType {{ name kind }} types {{ ...FullType }} \
         directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }} \
         fragment FullType on __Type {{ kind name description specifiedByURL isOneOf \
         fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...InputValue }} \
         type {{ ...TypeRef }} isDeprecated deprecationReason }} \
         inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }} \
         enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} \
         possibleTypes {{ ...TypeRef }} }} \
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated \
         deprecationReason }} \
         fragment TypeRef on __Type {{ {ty} }}"
    );
    let inspector = Inspector::new(&resolvers::sdl());
    let measured = inspector.check(&mut Request::new(document)).expect("tools may ask for the schema");
    assert!(measured.cost < 1_000, "{measured:?}");
}
