//! Everything that can be asked of things and of lists, and who asks it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use async_graphql_parser::types::FieldDefinition;
use serde_json::{Map, Value, json};

use super::{
    cast::{Caller, Cast, State},
    doors::{Door, call, hear, invoke},
    gather,
    schema::{Schema, Selection, base_name},
    things::{Things, everyone_likes},
};
use crate::support::Actor;

/// What is asked for.
pub(super) enum Asked {
    /// Something by its id.
    Node(fn(&World, State, Caller) -> String),
    /// A field of `Query`, with its arguments.
    Query(String, Value),
}

/// Something that is asked for, in some states.
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) ty: String,
    asked: Asked,
    pub(super) states: &'static [State],
    pub(super) selection: Selection,
}

/// What one answer says: the thing or the code that stands for it, and the codes of fields that failed.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) thing: Result<Value, String>,
    pub(super) failed: BTreeMap<String, String>,
}

pub(super) struct World {
    pub(super) cast: Arc<Cast>,
    schema: Schema,
    /// The fields that AppSync asks for one by one.
    resolvers: Vec<String>,
    things: HashMap<State, Things>,
    /// Everybody's own id.
    own: HashMap<Caller, String>,
}

/// Who asks for what, through which door.
#[derive(Clone, Copy)]
pub(super) struct Question {
    pub(super) entry: usize,
    pub(super) state: State,
    pub(super) asker: Asker,
    pub(super) door: Door,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// Somebody by the number in [`Cast::refused`].
    Refused(usize),
    Caller(Caller),
}

impl World {
    pub(super) async fn build() -> Self {
        let cast = Arc::new(Cast::assemble().await);
        let put =
            State::OF_GALLERIES.into_iter().zip(1..).map(|(state, number)| Things::put(cast.clone(), state, number));
        let things: HashMap<State, Things> = State::OF_GALLERIES.into_iter().zip(gather(put).await).collect();
        everyone_likes(&cast, &things[&State::Family].photo).await;
        things[&State::Trash].trash(&cast).await;
        cast.delete_gallery().await;
        for state in State::OF_GALLERIES {
            let input = json!({ "id": cast.link(state) });
            let call = "revokeShareLink(input: $input) { userErrors { code } }";
            cast.admin().does(call, "RevokeShareLinkInput", input).await;
        }
        let mut own = HashMap::from([(Caller::Anonymous, cast.family_id.to_string())]);
        for caller in Caller::ALL.into_iter().filter(|caller| *caller != Caller::Anonymous) {
            own.insert(caller, cast.actor(caller, State::Family).id().await);
        }
        let resolvers = resolvers::appsync::resolver_fields(&resolvers::sdl());
        Self { cast, schema: Schema::of_this_server(), resolvers, things, own }
    }

    pub(super) async fn ask(&self, entry: &Entry, question: Question) -> Seen {
        let (actor, caller) = match question.asker {
            Asker::Refused(number) => (&self.cast.refused[number].actor, Caller::Anonymous),
            Asker::Caller(caller) => (self.cast.actor(caller, question.state), caller),
        };
        let (field, arguments) = match &entry.asked {
            Asked::Node(id) => ("node", json!({ "id": id(self, question.state, caller) })),
            Asked::Query(field, arguments) => (field.as_str(), arguments.clone()),
        };
        match question.door {
            Door::Http => ask_http(actor, entry, field, &arguments).await,
            Door::AppSync => self.ask_appsync(actor, entry, field, arguments).await,
        }
    }

    /// As AppSync does: the root field, then each field of the thing that has a resolver of its own.
    async fn ask_appsync(&self, actor: &Actor, entry: &Entry, field: &str, arguments: Value) -> Seen {
        let home = &self.cast.home;
        let id = arguments["id"].clone();
        let mut thing = invoke(home, actor, "Query", field, arguments, Value::Null).await.map_err(|f| f.error_type);
        let mut failed = BTreeMap::new();
        if field != "node" {
            return Seen { thing, failed };
        }
        let own = self.resolvers.iter().filter_map(|name| name.split_once('.')).filter(|(ty, _)| *ty == entry.ty);
        for name in own.map(|(_, name)| name.to_owned()) {
            let source = json!({ "__typename": entry.ty, "id": id });
            let value = invoke(home, actor, &entry.ty, &name, json!({}), source).await.map_err(|f| f.error_type);
            match (&mut thing, value) {
                (Ok(Value::Object(fields)), Ok(value)) => {
                    fields.insert(name, value);
                }
                (Ok(Value::Object(_)), Err(code)) => {
                    failed.insert(name, code);
                }
                (Ok(_), value) => assert_eq!(value, Ok(Value::Null), "{}.{name} of what is hidden", entry.ty),
                (Err(code), value) => assert_eq!(value.as_ref(), Err(&*code), "{}.{name}", entry.ty),
            }
        }
        Seen { thing, failed }
    }
}

async fn ask_http(actor: &Actor, entry: &Entry, field: &str, arguments: &Value) -> Seen {
    let document = format!("{{ it: {} {{ {} }} }}", call(field, arguments), entry.selection.text);
    let (body, _) = hear(actor, &document, json!({})).await;
    let mut seen = Seen { thing: Ok(body["data"]["it"].clone()), failed: BTreeMap::new() };
    for error in body["errors"].as_array().into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().unwrap_or("none").to_owned();
        match error["path"][1].as_str() {
            Some(field) => {
                seen.failed.insert(field.to_owned(), code);
            }
            None => seen.thing = Err(code),
        }
    }
    seen
}

/// What is asked for by its id.
pub(super) struct Kind {
    title: &'static str,
    pub(super) ty: &'static str,
    pub(super) states: &'static [State],
    id: fn(&World, State, Caller) -> String,
}

const OF_GALLERIES: &[State] = &[State::Family, State::Restricted, State::Private, State::Deleted];

#[rustfmt::skip]
pub(super) const KINDS: [Kind; 10] = [
    Kind { title: "Gallery", ty: "Gallery", states: OF_GALLERIES, id: |world, state, _| world.cast.gallery(state).expect("it has a gallery").to_string() },
    Kind { title: "Photo", ty: "Photo", states: &State::OF_GALLERIES, id: |world, state, _| world.things[&state].photo.clone() },
    Kind { title: "Photo of which no picture could be made", ty: "Photo", states: &[State::Family], id: |world, state, _| world.things[&state].broken.clone() },
    Kind { title: "Video", ty: "Video", states: &State::OF_GALLERIES, id: |world, state, _| world.things[&state].video.clone() },
    Kind { title: "Video of which no picture could be made", ty: "Video", states: &[State::Family], id: |world, state, _| world.things[&state].broken_video.clone() },
    Kind { title: "Comment", ty: "Comment", states: &State::OF_GALLERIES, id: |world, state, _| world.things[&state].comment.clone() },
    Kind { title: "Comment that is a reply", ty: "Comment", states: &[State::Family], id: |world, state, _| world.things[&state].reply.clone() },
    Kind { title: "User: somebody whose avatar is the photo", ty: "User", states: &State::OF_GALLERIES, id: |world, state, _| world.things[&state].person.clone() },
    Kind { title: "User: the caller", ty: "User", states: &[State::None], id: |world, _, caller| world.own[&caller].clone() },
    Kind { title: "ShareLink", ty: "ShareLink", states: OF_GALLERIES, id: |world, state, _| world.cast.link(state).to_owned() },
];

/// The queries that answer with more than one thing, and their types.
pub(super) fn lists(schema: &Schema) -> Vec<(String, String)> {
    let named = |field: &FieldDefinition| (field.name.node.to_string(), base_name(&field.ty.node).to_owned());
    schema.fields("Query").map(named).filter(|(_, ty)| !schema.is_node(ty) && ty != "Node").collect()
}

pub(super) fn entries(world: &World) -> Vec<Entry> {
    let schema = &world.schema;
    let things = KINDS.iter().map(|kind| Entry {
        title: kind.title.to_owned(),
        ty: kind.ty.to_owned(),
        asked: Asked::Node(kind.id),
        states: kind.states,
        selection: schema.selection(kind.ty),
    });
    let lists = lists(schema).into_iter().map(|(field, ty)| Entry {
        title: format!("Query.{field}"),
        asked: Asked::Query(field.clone(), arguments(world, &field)),
        selection: schema.selection(&ty),
        ty,
        states: &[State::None],
    });
    things.chain(lists).collect()
}

/// As much as can be asked for at once.
fn arguments(world: &World, field: &str) -> Value {
    let mut arguments = Map::new();
    let definition = world.schema.fields("Query").find(|known| known.name.node == field).expect("the field is there");
    for argument in &definition.arguments {
        let value = match argument.node.name.node.as_str() {
            "first" => json!(100),
            "text" => json!("gallery"),
            "galleryId" => json!(world.cast.gallery(State::Restricted).expect("it has a gallery").to_string()),
            "mediaId" => json!(world.things[&State::Restricted].photo),
            _ if argument.node.ty.node.nullable => continue,
            name => panic!("say what Query.{field} is to be asked with as {name}"),
        };
        arguments.insert(argument.node.name.node.to_string(), value);
    }
    arguments.into()
}

pub(super) fn questions(world: &World, entries: &[Entry]) -> Vec<Question> {
    let askers: Vec<Asker> =
        (0..world.cast.refused.len()).map(Asker::Refused).chain(Caller::ALL.into_iter().map(Asker::Caller)).collect();
    let mut questions = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        for &state in entry.states {
            for &asker in &askers {
                questions.extend(Door::ALL.map(|door| Question { entry: number, state, asker, door }));
            }
        }
    }
    questions
}
