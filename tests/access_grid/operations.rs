//! The grid of operations.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql_parser::{
    Positioned, parse_schema,
    types::{InputValueDefinition, TypeKind, TypeSystemDefinition},
};

use super::{
    cast::{Caller, Cast, State},
    doors::{Door, Told},
    gather,
    rows::{ROWS, Row},
    schema::base_name,
    subjects::{Subject, Subjects},
    table::{Line, assert_committed, table},
};

const LEGEND: &str = "\
Who may do what.

ok      done, or shown
null    answered as what does not exist
CODE    the code of the GraphQL error, or of the user error where a mutation was let through

refused     whoever comes with a token that is not good: garbage, one of another pool, an id token, that of a disabled
            user, of a guest by an expired link, of a guest by a revoked link. All of them are told the same, to the byte.
outside     a visitor on no access list
VIEW, COMMENT, CONTRIBUTE   visitors on the access list of every gallery
guest       came by a link to the very gallery; elsewhere by a link to another gallery

In `trash` the gallery is for the family and the photo in the trash; in `deleted` the gallery is deleted, and all that
it held in the trash; what `never was` has well-formed ids. Of uploads nothing arrived yet, so that finishing one gives
CONFLICT to whoever may do it.

Both doors say the same, or a cell says what either does. What somebody may not see is answered as what never was, to
the byte.
";

/// Ids that no row hides, with the reason.
const NOT_HIDDEN: [(&str, &str); 7] = [
    ("Mutation.publishMediaEvent galleryId", "only services come so far that it is looked at"),
    ("Mutation.publishMediaEvent mediaId", "only services come so far that it is looked at"),
    ("Mutation.publishCommentEvent mediaId", "only services come so far that it is looked at"),
    ("Mutation.publishCommentEvent commentId", "only services come so far that it is looked at"),
    ("Mutation.signIn optionId", "the sign-in page shows it to everybody"),
    ("Mutation.reorderMedia afterMediaId", "only admins come so far that it is looked at"),
    ("Mutation.reorderGalleries afterGalleryId", "only admins come so far that it is looked at"),
];

/// Those whose verdicts differ: to download is no operation.
const CALLERS: [Caller; 8] = [
    Caller::Anonymous,
    Caller::Outside,
    Caller::View,
    Caller::Comment,
    Caller::Contribute,
    Caller::Admin,
    Caller::Guest,
    Caller::Elsewhere,
];

/// One call.
#[derive(Clone, Copy)]
struct Cell {
    row: &'static Row,
    state: State,
    caller: Caller,
}

/// One call, and what both doors said.
struct Called {
    cell: Cell,
    told: [Told; 2],
    verdicts: [String; 2],
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_may_do_exactly_what_the_grid_says() {
    let cast = Arc::new(Cast::assemble().await);
    let subjects = Arc::new(Subjects::new(cast.clone()));
    let called = call_all(&cast, &subjects).await;
    let refused = call_refused(&cast, &subjects).await;
    let differences = hidden_but_told_apart(&called);
    assert!(differences.is_empty(), "hidden, but not as what never was:\n{}", differences.join("\n"));
    assert_committed!("access_grid", print(&called, &refused));
}

/// Calls everything as everyone whose token is good.
async fn call_all(cast: &Arc<Cast>, subjects: &Arc<Subjects>) -> Vec<Called> {
    let cells: Vec<Cell> =
        lines().flat_map(|(row, state)| CALLERS.into_iter().map(move |caller| Cell { row, state, caller })).collect();
    let prepared = gather(cells.iter().map(|cell| cell.prepare(subjects.clone()))).await;
    subjects.fill_the_trash().await;
    cast.delete_gallery().await;
    let about = cells.iter().zip(&prepared);
    let http = gather(about.map(|(cell, subject)| cell.call(Door::Http, cast.clone(), subject.clone()))).await;
    // What one door consumed, the other cannot find any more.
    let renewed = cells.iter().zip(prepared).zip(&http).map(|((&cell, subject), (_, verdict))| {
        let consumed = cell.row.consumes && verdict == "ok";
        let subjects = subjects.clone();
        async move { if consumed { cell.prepare(subjects).await } else { subject } }
    });
    let prepared = gather(renewed).await;
    subjects.fill_the_trash().await;
    let about = cells.iter().zip(prepared);
    let appsync = gather(about.map(|(cell, subject)| cell.call(Door::AppSync, cast.clone(), subject))).await;
    let called = cells.into_iter().zip(http).zip(appsync).map(|((cell, (http, first)), (appsync, second))| Called {
        cell,
        told: [http, appsync],
        verdicts: [first, second],
    });
    called.collect()
}

impl Cell {
    async fn prepare(self, subjects: Arc<Subjects>) -> Subject {
        subjects.of(self.row, self.state, self.caller).await
    }

    async fn call(self, door: Door, cast: Arc<Cast>, subject: Subject) -> (Told, String) {
        let told = door.call(&cast.home, cast.actor(self.caller, self.state), self.row, &subject).await;
        let verdict = verdict(self.row, &subject, &told);
        (told, verdict)
    }
}

/// Calls everything as those whose token is not good. Gives the verdict of each line, which is that of all of them.
async fn call_refused(cast: &Arc<Cast>, subjects: &Arc<Subjects>) -> Vec<String> {
    let calls = lines().flat_map(|(row, state)| {
        Door::ALL.into_iter().flat_map(move |door| (0..cast.refused.len()).map(move |who| (row, state, door, who)))
    });
    let told = gather(calls.map(|(row, state, door, who)| {
        let (cast, subjects) = (cast.clone(), subjects.clone());
        async move {
            let subject = subjects.of(row, state, Caller::Anonymous).await;
            let refused = &cast.refused[who];
            (door, refused.why, door.call(&cast.home, &refused.actor, row, &subject).await)
        }
    }))
    .await;
    for door in Door::ALL {
        let of_door = told.iter().filter(|(of, ..)| *of == door);
        let answers: BTreeMap<&str, &str> = of_door.map(|(_, why, told)| (told.whole.as_str(), *why)).collect();
        assert_eq!(answers.len(), 1, "the refused are told different things: {answers:#?}");
    }
    let of_lines = told.chunks(Door::ALL.len() * cast.refused.len()).map(|told| {
        let codes: BTreeSet<&str> =
            told.iter().map(|(.., told)| told.outcome.as_ref().err().map_or("ok", String::as_str)).collect();
        codes.into_iter().collect::<Vec<_>>().join("/")
    });
    of_lines.collect()
}

/// Rows and states, in the order of the table.
fn lines() -> impl Iterator<Item = (&'static Row, State)> {
    ROWS.iter().flat_map(|row| row.over.states().iter().map(move |&state| (row, state)))
}

/// Says how a call ended.
fn verdict(row: &Row, subject: &Subject, told: &Told) -> String {
    let value = match &told.outcome {
        Ok(value) => value,
        Err(code) => return code.clone(),
    };
    if let Some(code) = value["userErrors"][0]["code"].as_str() {
        return code.to_owned();
    }
    let listed = row.listed.is_none_or(|id| {
        let edges = value["edges"].as_array().into_iter().flatten();
        edges.into_iter().any(|edge| edge["node"]["id"] == id(subject).as_str())
    });
    if value.is_null() || !listed { "null".to_owned() } else { "ok".to_owned() }
}

/// What is hidden from somebody, but answered in another way than what never was.
fn hidden_but_told_apart(called: &[Called]) -> Vec<String> {
    let is_node = |called: &&Called| called.cell.row.field == "node";
    let seen: BTreeSet<_> = called
        .iter()
        .filter(is_node)
        .filter(|called| called.verdicts[0] == "ok")
        .map(|Called { cell, .. }| (cell.row.over, cell.state, cell.caller))
        .collect();
    let absent: BTreeMap<_, _> = called
        .iter()
        .filter(|called| called.cell.state == State::Absent)
        .map(|called| ((called.cell.row.field, called.cell.row.note, called.cell.caller), &called.told))
        .collect();
    let mut apart = Vec::new();
    for Called { cell: Cell { row, state, caller }, told, .. } in called {
        let Some(absent) = absent.get(&(row.field, row.note, *caller)) else { continue };
        if row.listed.is_some() || seen.contains(&(row.over.to_see(), *state, *caller)) {
            continue;
        }
        for (door, (told, absent)) in Door::ALL.iter().zip(told.iter().zip(*absent)) {
            if told.whole != absent.whole {
                let what = format!("{} {} {state:?}, {caller:?}, {door:?}", row.field, row.note);
                apart.push(format!("{what}\n  {}\n  {}", told.whole, absent.whole));
            }
        }
    }
    apart
}

/// The table. States of one field that look alike share a line.
fn print(called: &[Called], refused: &[String]) -> String {
    let head = ["", "", "", "refused"].into_iter().chain(CALLERS.map(Caller::name)).map(str::to_owned);
    let mut lines: Vec<Vec<String>> = vec![head.collect()];
    let mut before: Option<&Row> = None;
    for (cells, refused) in called.chunks(CALLERS.len()).zip(refused) {
        let Cell { row, state, .. } = cells[0].cell;
        let verdicts = cells.iter().map(|called| match &called.verdicts {
            [http, appsync] if http == appsync => http.clone(),
            [http, appsync] => format!("{http}, by AppSync {appsync}"),
        });
        let verdicts: Vec<String> = [refused.clone()].into_iter().chain(verdicts).collect();
        let same_row = before.is_some_and(|before| std::ptr::eq(before, row));
        let last = lines.last_mut().expect("the head is there");
        if same_row && last[3..] == verdicts {
            last[2] = format!("{}, {}", last[2], state.name());
        } else {
            lines.push([[row.field, row.note, state.name()].map(str::to_owned).to_vec(), verdicts].concat());
        }
        before = Some(row);
    }
    table(LEGEND, &lines.into_iter().map(Line::Cells).collect::<Vec<_>>())
}

#[test]
fn every_root_field_has_a_row() {
    let fields: BTreeSet<String> = ids_by_root_field().into_keys().collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|row| format!("{}.{}", row.root.name(), row.field)).collect();
    assert_eq!(rows, fields, "rows of the grid, and root fields of the schema");
}

#[test]
fn every_id_that_a_root_field_takes_is_hidden_in_a_row() {
    let mut named = BTreeSet::new();
    let marked = Subject::of_marks();
    for row in ROWS {
        let given = (row.given)(&marked);
        let given = given.as_object().expect("arguments have names");
        let hidden = given.iter().filter(|(_, value)| value.to_string().contains(Subject::MARK));
        named.extend(hidden.map(|(name, _)| format!("{}.{} {name}", row.root.name(), row.field)));
    }
    let ids = ids_by_root_field().into_iter();
    let taken: BTreeSet<String> =
        ids.flat_map(|(field, ids)| ids.into_iter().map(move |id| format!("{field} {id}"))).collect();
    named.extend(NOT_HIDDEN.map(|(id, _)| id.to_owned()));
    assert_eq!(named, taken, "ids that the rows hide, and ids that root fields take");
}

/// The names of the ids that each root field takes, as arguments or within its input.
fn ids_by_root_field() -> BTreeMap<String, Vec<String>> {
    let (mut fields, mut inputs) = (BTreeMap::new(), BTreeMap::new());
    for definition in parse_schema(resolvers::sdl()).expect("the schema can be parsed").definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let name = ty.node.name.node.to_string();
        match ty.node.kind {
            TypeKind::Object(object) if ["Query", "Mutation", "Subscription"].contains(&name.as_str()) => {
                for field in object.fields {
                    fields.insert(format!("{name}.{}", field.node.name.node), arguments_of(&field.node.arguments));
                }
            }
            TypeKind::InputObject(input) => {
                inputs.insert(name, arguments_of(&input.fields));
            }
            _ => {}
        }
    }
    let ids = |taken: Vec<(String, String)>| {
        let within = |(name, ty): (String, String)| inputs.get(&ty).cloned().unwrap_or_else(|| vec![(name, ty)]);
        taken.into_iter().flat_map(within).filter(|(_, ty)| ty == "ID").map(|(name, _)| name).collect()
    };
    fields.into_iter().map(|(field, taken)| (field, ids(taken))).collect()
}

/// Names and types of arguments, without what is around a type.
fn arguments_of(arguments: &[Positioned<InputValueDefinition>]) -> Vec<(String, String)> {
    let named = |argument: &Positioned<InputValueDefinition>| {
        (argument.node.name.node.to_string(), base_name(&argument.node.ty.node).to_owned())
    };
    arguments.iter().map(named).collect()
}
