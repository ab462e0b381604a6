//! Sends one file: announces it, puts its parts where the server says, and ends the upload.

use std::{
    io::{self, Read},
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::SignedDuration;
use ureq::http::{HeaderName, HeaderValue};

use super::{Shared, Transfer};
use crate::{
    api::check_mistakes,
    fault::{Fault, Outcome},
    http::{explanation, is_passing, retry_after, unanswered},
    item::{Digest, Item, Source},
    operations::{CancelUpload, FinishUpload, RequestUpload, cancel_upload, finish_upload, request_upload},
    originals::Status,
    retry::{Attempt, retry},
    shown::shown,
};

type Ticket = request_upload::RequestUploadRequestUploadTicket;
type Part = request_upload::RequestUploadRequestUploadTicketParts;

/// How often the server may refuse its own addresses, or call for parts anew that were sent, before it is given up.
const MAX_VAIN_ROUNDS: u32 = 4;
/// An address is not used any more so long before its end.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// What became of it.
pub(super) enum Sent {
    /// It was uploaded.
    New { media: String, status: Status },
    /// The gallery had it.
    There { media: String, status: Status },
}

enum Requested {
    Ticket(Ticket),
    There(Sent),
}

/// What became of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    Done,
    /// Its address is not good any more.
    AskAnew,
}

/// Sends a file to a gallery. What arrived of it in an earlier run is not sent again.
pub(super) fn send(
    transfer: &Transfer<'_>,
    shared: &Shared,
    item: &Item,
    gallery: &str,
    digest: &Digest,
) -> Outcome<Sent> {
    let mut vain = 0;
    let mut announced_bytes = None;
    loop {
        let ticket = match request(transfer, item, gallery, digest)? {
            Requested::Ticket(ticket) => ticket,
            Requested::There(sent) => {
                transfer.progress.add_file(item.size);
                return Ok(sent);
            }
        };
        if !item.notes.is_empty() {
            transfer.journal.note_announced(&ticket.media_id)?;
        }
        let missing: u64 = ticket.parts.iter().map(|part| whole(part.length)).sum();
        // What arrived in an earlier run counts as done at once.
        announced_bytes.get_or_insert_with(|| resumed(item, &ticket, missing)).take_once(transfer);
        let sent = send_parts(transfer, shared, item, &ticket)?;
        let all_named = ticket.parts.len() < MAX_PARTS_OF_TICKET;
        if sent == ticket.parts.len() && all_named {
            if let Some(end) = finish(transfer, item, &ticket)? {
                transfer.progress.add_file(0);
                return Ok(end);
            }
            vain += 1;
        } else if sent == 0 {
            vain += 1;
        } else {
            vain = 0;
        }
        if vain >= MAX_VAIN_ROUNDS {
            return Err(Fault::Failed(
                "The server does not take the file at the addresses that it gives for it.".into(),
            ));
        }
    }
}

/// The server names at most so many parts at a time.
const MAX_PARTS_OF_TICKET: usize = 100;

/// Bytes that are there already, counted once.
struct Resumed(u64);

impl Resumed {
    fn take_once(&mut self, transfer: &Transfer<'_>) {
        transfer.progress.add_bytes(std::mem::take(&mut self.0));
    }
}

fn resumed(item: &Item, ticket: &Ticket, missing: u64) -> Resumed {
    // Of a ticket that is full, it is not known how many parts are missing beyond.
    let known = ticket.parts.len() < MAX_PARTS_OF_TICKET;
    Resumed(if known { item.size.saturating_sub(missing) } else { 0 })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers below 2^53, by the schema")]
fn whole(number: f64) -> u64 {
    number as u64
}

#[expect(clippy::cast_precision_loss, reason = "files are far smaller than 2^53 bytes")]
fn request(transfer: &Transfer<'_>, item: &Item, gallery: &str, digest: &Digest) -> Outcome<Requested> {
    let input = request_upload::RequestUploadInput {
        gallery_id: gallery.to_owned(),
        file_name: item.file_name.clone(),
        content_type: item.content_type.to_owned(),
        size_bytes: item.size as f64,
        sha256: BASE64_STANDARD.encode(digest),
        file_modified_at: item.modified_at.clone(),
    };
    let data = transfer.api.call::<RequestUpload>(request_upload::Variables { input })?;
    let nothing = || Fault::Failed("The server did not take the file.".into());
    let payload = data.request_upload.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    if let Some(media) = payload.duplicate_of {
        let status = Status::from(&media.status);
        return Ok(Requested::There(Sent::There { media: media.id, status }));
    }
    payload.ticket.map(Requested::Ticket).ok_or_else(nothing)
}

/// Where the bytes of parts come from: a file is read at any place, what is compressed from its beginning to its end.
enum Parts {
    Anywhere,
    InOrder { reader: Box<dyn Read + Send>, position: u64 },
}

/// Sends the parts that a ticket names, several at a time, and tells how many were taken.
fn send_parts(transfer: &Transfer<'_>, shared: &Shared, item: &Item, ticket: &Ticket) -> Outcome<usize> {
    let parts = match &item.source {
        Source::File(_) => Parts::Anywhere,
        Source::Zipped { .. } => {
            Parts::InOrder { reader: item.source.open_at(0).map_err(|error| unreadable(&error))?, position: 0 }
        }
    };
    let queue = Mutex::new((ticket.parts.iter(), parts));
    let (taken, ask_anew) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || -> Outcome<()> {
        while !ask_anew.load(Ordering::Relaxed) {
            let _permit = shared.permits.take(&transfer.api.stop)?;
            let Some((part, bytes)) = next_part(&queue, item)? else { return Ok(()) };
            if transfer.api.clock.is_near(&ticket.expires_at, MARGIN) || put(transfer, part, &bytes)? == Put::AskAnew {
                ask_anew.store(true, Ordering::Relaxed);
                return Ok(());
            }
            taken.fetch_add(1, Ordering::Relaxed);
            transfer.progress.add_bytes(bytes.len() as u64);
        }
        Ok(())
    };
    let threads = usize::from(transfer.sending.jobs).min(ticket.parts.len());
    match NonZero::new(threads.saturating_sub(1)) {
        None => work()?,
        Some(others) => thread::scope(|scope| {
            let others: Vec<_> = (0..others.get()).map(|_| scope.spawn(work)).collect();
            let ours = work();
            let ends =
                others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            ends.fold(ours, Outcome::and)
        })?,
    }
    Ok(taken.into_inner())
}

type Queue<'a> = Mutex<(std::slice::Iter<'a, Part>, Parts)>;

/// Takes the next part and reads its bytes.
fn next_part<'a>(queue: &Queue<'a>, item: &Item) -> Outcome<Option<(&'a Part, Vec<u8>)>> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(part) = queue.0.next() else { return Ok(None) };
    let bytes = match &mut queue.1 {
        Parts::Anywhere => {
            // Others may read at the same time.
            drop(queue);
            item.source.open_at(whole(part.offset)).and_then(|mut reader| exactly(&mut reader, part))
        }
        Parts::InOrder { reader, position } => {
            let skip = whole(part.offset).saturating_sub(*position);
            *position = whole(part.offset) + whole(part.length);
            io::copy(&mut reader.by_ref().take(skip), &mut io::sink()).and_then(|_| exactly(reader, part))
        }
    };
    bytes.map(|bytes| Some((part, bytes))).map_err(|error| unreadable(&error))
}

fn exactly(reader: &mut impl Read, part: &Part) -> io::Result<Vec<u8>> {
    let length = whole(part.length);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    reader.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn unreadable(error: &io::Error) -> Fault {
    if error.kind() == io::ErrorKind::UnexpectedEof { changed() } else { Fault::Failed(error.to_string()) }
}

fn changed() -> Fault {
    Fault::Failed("The file changed while it was sent. Please run the same command again.".into())
}

/// Sends the bytes of a part until they are taken, or their address is refused.
fn put(transfer: &Transfer<'_>, part: &Part, bytes: &[u8]) -> Outcome<Put> {
    let api = transfer.api;
    retry(api.patience, &api.stop, api.next_salt(), || {
        let mut request = api.agent.put(&part.url);
        for header in &part.headers {
            // The address is signed for exactly these; a client sets the length itself.
            if !header.name.eq_ignore_ascii_case("content-length") {
                let pair = (HeaderName::try_from(&header.name), HeaderValue::try_from(&header.value));
                let (Ok(name), Ok(value)) = pair else {
                    return Attempt::Fails(Fault::Failed("The server named a header that is none.".into()));
                };
                request = request.header(name, value);
            }
        }
        let mut answer = match request.send(bytes) {
            Ok(answer) => answer,
            Err(error) => return unanswered(&error),
        };
        let (status, after) = (answer.status().as_u16(), retry_after(&answer));
        let text = explanation(&mut answer);
        match (status, s3_code(&text)) {
            // 412: an earlier attempt arrived whose answer was lost.
            (200..=299 | 412, _) => Attempt::Done(Put::Done),
            (403 | 404, _) => Attempt::Done(Put::AskAnew),
            (400, "RequestTimeout") | (409, _) => Attempt::Again(refusal(status, &text), after),
            (400, "BadDigest" | "InvalidDigest" | "XAmzContentChecksumMismatch" | "XAmzContentSHA256Mismatch") => {
                Attempt::Fails(changed())
            }
            _ if is_passing(status) => Attempt::Again(refusal(status, &text), after),
            _ => match refusal(status, &text) {
                Fault::Passing(text) => Attempt::Fails(Fault::Failed(text)),
                fault => Attempt::Fails(fault),
            },
        }
    })
}

/// The code of an error of S3: the text of `<Code>`.
fn s3_code(text: &str) -> &str {
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map_or("", |(code, _)| code)
}

fn refusal(status: u16, text: &str) -> Fault {
    Fault::Passing(format!("The bucket answered {status} {}", shown(s3_code(text))).trim_end().to_owned())
}

/// Ends the upload; none where the server misses something, so that it has to be asked again.
fn finish(transfer: &Transfer<'_>, item: &Item, ticket: &Ticket) -> Outcome<Option<Sent>> {
    if ticket.part_count > 1 && !item.source.is_still(&item.stamp, item.size) {
        let input = cancel_upload::CancelUploadInput { media_id: ticket.media_id.clone() };
        transfer.api.call::<CancelUpload>(cancel_upload::Variables { input })?;
        return Err(changed());
    }
    let input = finish_upload::FinishUploadInput { media_id: ticket.media_id.clone(), caption: None, taken_at: None };
    let data = transfer.api.call::<FinishUpload>(finish_upload::Variables { input })?;
    let payload = data.finish_upload.ok_or_else(|| Fault::Failed("The server did not take the file.".into()))?;
    if payload.user_errors.iter().any(|mistake| mistake.code == finish_upload::UserErrorCode::CONFLICT) {
        return Ok(None);
    }
    check_mistakes!(payload)?;
    Ok(payload.media.map(|media| Sent::New { status: Status::from(&media.status), media: media.id }))
}
