//! The same documents through both doors: the same data, and the same errors.

use std::{collections::BTreeSet, sync::Arc};

use futures::FutureExt;
use model::{Error, Timestamp};
use serde_json::{Value, json};

use super::{
    caller::{Caller, Mode},
    emulator::{Emulator, Failure, Invocation, Lambda},
    entry::{Effect, Entry, Who, effect, variables},
    normal::Words,
    schema::Schema,
    world::{Stage, World},
};
use crate::support::Home;

/// An error as clients tell it from others: where it is, its code, its text.
type Mistake = (String, String, String);

/// Sends documents through the HTTP door, and through an AppSync that calls resolvers one by one, and one that batches.
pub(super) struct Doors {
    stage: Stage,
    began: Timestamp,
    appsync: [Emulator; 2],
    /// What was called of each so far.
    called: [BTreeSet<String>; 2],
    differences: Vec<String>,
}

impl Doors {
    pub(super) async fn open() -> Self {
        let stage = Stage::set().await;
        let appsync = [Invocation::Single, Invocation::Batch]
            .map(|invocation| Emulator::new(schema(), lambda(&stage.home), invocation));
        let began = stage.began;
        Self { stage, began, appsync, called: Default::default(), differences: Vec::new() }
    }

    /// Sends a document through all of them, and notes what differs.
    pub(super) async fn compare(&mut self, (who, document, given): Entry<'_>) {
        let effect = effect(document);
        let world = |door: usize| match effect {
            Effect::Reads => &self.stage.worlds[0],
            Effect::Changes => &self.stage.worlds[door],
        };
        let given = variables(given);
        let answer = world(0).person(who).asks(document, world(0).fill_in(&given)).await;
        if answer.get("data").is_none() {
            self.differences.push(format!("not executed by the HTTP door: {document}\n{answer:#}"));
            return;
        }
        let mistakes = mistakes_of_http(&answer);
        let expected = self.seen(world(0), effect, &answer["data"], &mistakes);
        let faults = |(_, code, _): &&Mistake| ["INTERNAL", "UNAVAILABLE"].contains(&code.as_str());
        if let Some(fault) = mistakes.iter().find(faults) {
            self.differences.push(format!("a fault at the HTTP door: {document}\n{fault:?}"));
        }
        let mut found = Vec::new();
        for (index, appsync) in self.appsync.iter().enumerate() {
            let world = world(index + 1);
            let caller = caller(&self.stage.home, world, who, index);
            let answer = appsync.execute(&caller, document, &world.fill_in(&given)).await;
            let mistakes = mistakes_of_appsync(&answer, &caller);
            found.push(self.seen(world, effect, &answer["data"], &mistakes));
        }
        for (index, found) in found.into_iter().enumerate() {
            let calls = self.appsync[index].take_calls();
            if found != expected {
                let door = ["one by one", "in batches"][index];
                self.differences.push(format!(
                    "{who:?}, AppSync {door}: {document}\n{given}\n{}\ncalls: {calls:?}\n",
                    first_difference("", &expected, &found)
                ));
            }
            self.called[index].extend(calls.into_iter().map(|(resolver, _)| resolver));
        }
    }

    /// Data and errors, ready to be compared.
    fn seen(&self, world: &World, effect: Effect, data: &Value, mistakes: &BTreeSet<Mistake>) -> Value {
        let data = match effect {
            Effect::Reads => data.clone(),
            Effect::Changes => Words::of(world, self.began).put(data),
        };
        json!({ "data": data, "errors": mistakes })
    }

    /// Fails with all differences at once. Gives the resolvers that were called one by one, and in batches.
    pub(super) fn agree(self) -> [BTreeSet<String>; 2] {
        assert!(
            self.differences.is_empty(),
            "{} differences:\n{}",
            self.differences.len(),
            self.differences.join("\n")
        );
        self.called
    }
}

/// The schema as AppSync gets it.
pub(super) fn schema() -> Schema {
    let sdl = resolvers::sdl();
    Schema::new(&resolvers::appsync::export(&sdl), resolvers::appsync::resolver_fields(&sdl))
}

fn lambda(home: &Home) -> Lambda {
    let door = Arc::new(home.system.appsync.clone());
    Arc::new(move |payload| {
        let door = door.clone();
        async move {
            let answer = door.handle(payload).await;
            answer.map_err(|failure| Failure { error_type: failure.error_type, message: failure.message })
        }
        .boxed()
    })
}

/// The person, as AppSync knows them. Clients send tokens with a scheme and without.
fn caller(home: &Home, world: &World, who: Who, door: usize) -> Caller {
    let host = home.system.site.to_string();
    match world.person(who).access_token() {
        Some(token) => Caller::with_token(&host, token, ["", "Bearer "][door]),
        None => Caller::with_api_key(&host),
    }
}

fn mistakes_of_http(answer: &Value) -> BTreeSet<Mistake> {
    mistakes(answer, |error| (text(&error["extensions"]["code"]), text(&error["message"])))
}

/// What AppSync itself refuses, the HTTP door refuses in its own words: only those are put in their place here.
fn mistakes_of_appsync(answer: &Value, caller: &Caller) -> BTreeSet<Mistake> {
    let refusal = match caller.mode {
        Mode::ApiKey => Error::Unauthenticated,
        Mode::UserPools | Mode::Iam => Error::Forbidden,
    };
    mistakes(answer, |error| match text(&error["errorType"]) {
        kind if kind == "Unauthorized" => (refusal.code().to_owned(), refusal.to_string()),
        kind => (kind, text(&error["message"])),
    })
}

fn mistakes(answer: &Value, told: impl Fn(&Value) -> (String, String)) -> BTreeSet<Mistake> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    let mistakes = errors.map(|error| {
        let (code, message) = told(error);
        (error["path"].to_string(), code, message)
    });
    mistakes.collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Where two answers part, for whoever reads a failure.
fn first_difference(path: &str, expected: &Value, found: &Value) -> String {
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            let key = a.keys().find(|key| a[*key] != b[*key]).expect("they differ");
            first_difference(&format!("{path}/{key}"), &a[key], &b[key])
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let place = (0..a.len()).find(|&place| a[place] != b[place]).expect("they differ");
            first_difference(&format!("{path}/{place}"), &a[place], &b[place])
        }
        _ => format!("at {path}: HTTP {expected:#}\nbut AppSync {found:#}"),
    }
}
