//! What was told, as a table.

use std::{collections::BTreeSet, fmt::Write};

use serde_json::Value;

use super::{
    asking::{Asker, Entry, Question, Seen},
    cast::Caller,
    doors::Door,
    schema::Leaf,
    table::Line,
};

/// The most that a line of names takes.
const WIDTH: usize = 118;
/// What can be said of a value. Of many, the first of these that is true of one stands for them.
const BEST_FIRST: [&str; 6] = ["value", "true", "false", "0", "null", "none"];

/// What is said at the end of a way.
pub(super) fn verdict(seen: &Seen, leaf: &Leaf) -> String {
    let thing = match &seen.thing {
        Ok(Value::Null) => return "hidden".to_owned(),
        Ok(thing) => thing,
        Err(code) => return code.clone(),
    };
    if let Some(code) = leaf.first_field().and_then(|field| seen.failed.get(field)) {
        return code.clone();
    }
    let said: Vec<&str> = leaf.values(thing).into_iter().map(kind).collect();
    BEST_FIRST.into_iter().find(|kind| said.contains(kind)).unwrap_or("none").to_owned()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(number) if number.as_f64() == Some(0.0) => "0",
        Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => "value",
    }
}

/// The table: fields of a thing that are told alike share their lines, and states that look alike share one.
pub(super) fn lines(entries: &[Entry], questions: &[Question], seen: &[Seen]) -> Vec<Line> {
    let head = ["", "refused"].into_iter().chain(Caller::ALL.map(Caller::name)).map(str::to_owned);
    let mut lines = vec![Line::Cells(head.collect())];
    for (number, entry) in entries.iter().enumerate() {
        lines.push(Line::Text(format!("\n{}", entry.title)));
        let mut told: Vec<(Vec<Vec<String>>, Vec<&str>)> = Vec::new();
        for leaf in &entry.selection.leaves {
            let of_states = entry.states.iter().map(|&state| {
                let asked = questions.iter().zip(seen).filter(|(q, _)| q.entry == number && q.state == state);
                cells(&asked.map(|(question, seen)| (*question, verdict(seen, leaf))).collect::<Vec<_>>())
            });
            let of_states: Vec<Vec<String>> = of_states.collect();
            match told.iter_mut().find(|(known, _)| *known == of_states) {
                Some((_, names)) => names.push(&leaf.name),
                None => told.push((of_states, vec![&leaf.name])),
            }
        }
        for (of_states, names) in told {
            lines.extend(wrapped(&names).into_iter().map(Line::Text));
            let mut merged: Vec<(String, Vec<String>)> = Vec::new();
            for (state, cells) in entry.states.iter().zip(of_states) {
                match merged.last_mut() {
                    Some((states, known)) if *known == cells => *states = format!("{states}, {}", state.name()),
                    _ => merged.push((format!("    {}", state.name()), cells)),
                }
            }
            let line = |(states, cells)| Line::Cells([vec![states], cells].concat());
            lines.extend(merged.into_iter().map(line));
        }
    }
    lines
}

/// One cell for all who are refused, then one for each caller; each from both doors.
fn cells(told: &[(Question, String)]) -> Vec<String> {
    let columns = [None].into_iter().chain(Caller::ALL.map(Some));
    let cell = |column: Option<Caller>| {
        let of_column = |question: &Question| match question.asker {
            Asker::Refused(_) => column.is_none(),
            Asker::Caller(caller) => column == Some(caller),
        };
        let said: Vec<String> = Door::ALL
            .into_iter()
            .map(|door| {
                let said = told.iter().filter(|(question, _)| question.door == door && of_column(question));
                said.map(|(_, verdict)| verdict.clone())
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect::<Vec<_>>()
                    .join("/")
            })
            .collect();
        if said[0] == said[1] { said[0].clone() } else { format!("{}, by AppSync {}", said[0], said[1]) }
    };
    columns.map(cell).collect()
}

/// Names in lines that are not too long.
fn wrapped(names: &[&str]) -> Vec<String> {
    let mut lines = vec![String::from(" ")];
    for (position, name) in names.iter().enumerate() {
        let comma = if position + 1 < names.len() { "," } else { "" };
        let last = lines.last_mut().expect("there is one");
        if last.len() + name.len() + 2 > WIDTH {
            lines.push(format!("  {name}{comma}"));
        } else {
            let _ = write!(last, " {name}{comma}");
        }
    }
    lines
}
