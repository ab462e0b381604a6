//! Fetches one original, going on from what is there of it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::digest::{Context, SHA256};

use super::{PART, Run};
use crate::{
    fault::{Fault, Outcome},
    http::{explanation, is_passing, retry_after, unanswered},
    ls::size,
    operations::{Media, media},
    originals::Original,
    retry::{Attempt, retry},
    shown::shown,
    sidecar::with_ending,
};

const CHUNK_BYTES: usize = 256 * 1024;
/// How often an address is asked for anew that the bucket does not take.
const MAX_ADDRESSES: u32 = 4;

enum Fetched {
    /// All bytes are there, and this is their SHA-256 in base64.
    Whole(String),
    AskAnew,
}

enum Copying {
    Read(io::Error),
    Write(io::Error),
    Stopped,
}

/// Hashes what is there of a file, and leaves it at its end. What is longer than it should be begins anew.
fn hash_so_far(file: &mut File, length: u64) -> io::Result<(Context, u64)> {
    if file.metadata()?.len() > length {
        file.set_len(0)?;
    }
    file.seek(SeekFrom::Start(0))?;
    let (mut context, mut had) = (Context::new(&SHA256), 0);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((context, had));
        }
        context.update(&chunk[..read]);
        had += read as u64;
    }
}

impl Run<'_> {
    /// Fetches an original, and gives it its name when all of its bytes are proved to be there.
    pub(super) fn fetch(&self, media: &Original, path: &Path) -> Outcome<()> {
        let part = with_ending(path, PART);
        let fault = |error: &io::Error| Fault::of_file(&part, error);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&part);
        let file = file.as_mut().map_err(|error| fault(error))?;
        let mut address = media.original.as_ref().map(|original| original.url.clone()).unwrap_or_default();
        let mut anew = 0;
        let digest = loop {
            match self.fetch_from(&address, file, size(media), &part)? {
                Fetched::Whole(digest) => break digest,
                // The list was read a while ago: its addresses ended.
                Fetched::AskAnew if anew < MAX_ADDRESSES => {
                    anew += 1;
                    address = self.address_of(&media.id)?;
                }
                Fetched::AskAnew => {
                    return Err(Fault::Failed("The server refuses the address that it gives for it.".into()));
                }
            }
        };
        if Some(&digest) != media.sha256.as_ref() {
            fs::remove_file(&part).map_err(|error| fault(&error))?;
            return Err(Fault::Failed("What arrived is not what was uploaded once. Please try again.".into()));
        }
        file.sync_all().map_err(|error| fault(&error))?;
        fs::rename(&part, path).map_err(|error| Fault::of_file(path, &error))
    }

    fn address_of(&self, id: &str) -> Outcome<String> {
        let variables = media::Variables { id: id.to_owned(), comments_first: 1, comments_after: None };
        let data = self.api.call::<Media>(variables)?;
        let original = data.media.and_then(|media| media.original);
        original.map(|original| original.url).ok_or_else(|| Fault::Failed("It is not there any more.".into()))
    }

    /// Goes on from where the file ends, again and again until it is whole.
    fn fetch_from(&self, address: &str, file: &mut File, length: u64, part: &Path) -> Outcome<Fetched> {
        let fault = |error: &io::Error| Fault::of_file(part, error);
        retry(self.api.patience, &self.api.stop, self.api.next_salt(), || {
            let (mut context, had) = match hash_so_far(file, length) {
                Ok(so_far) => so_far,
                Err(error) => return Attempt::Fails(fault(&error)),
            };
            if had == length {
                return Attempt::Done(Fetched::Whole(BASE64_STANDARD.encode(context.finish())));
            }
            let request = self.api.agent.get(address).header("range", format!("bytes={had}-"));
            let mut answer = match request.call() {
                Ok(answer) => answer,
                Err(error) => return unanswered(&error),
            };
            let (status, after) = (answer.status().as_u16(), retry_after(&answer));
            match status {
                206 => {}
                200 if had == 0 => {}
                // It does not go on in the middle: from the beginning.
                200 | 416 => {
                    return match file.set_len(0) {
                        Ok(()) => Attempt::Again(Fault::Passing("The bucket does not continue files".into()), None),
                        Err(error) => Attempt::Fails(fault(&error)),
                    };
                }
                403 => return Attempt::Done(Fetched::AskAnew),
                _ => {
                    let text = format!(
                        "The bucket answered {status} {}",
                        shown(explanation(&mut answer).lines().next().unwrap_or(""))
                    );
                    let passing = is_passing(status);
                    return if passing {
                        Attempt::Again(Fault::Passing(text), after)
                    } else {
                        Attempt::Fails(Fault::Failed(text))
                    };
                }
            }
            match self.copy(&mut answer.body_mut().as_reader(), file, &mut context, length - had) {
                Ok(()) => Attempt::Done(Fetched::Whole(BASE64_STANDARD.encode(context.finish()))),
                Err(Copying::Read(error)) => Attempt::Again(Fault::Passing(error.to_string()), None),
                Err(Copying::Write(error)) => Attempt::Fails(fault(&error)),
                Err(Copying::Stopped) => Attempt::Fails(Fault::Stopped),
            }
        })
    }

    fn copy(&self, from: &mut impl Read, to: &mut File, context: &mut Context, length: u64) -> Result<(), Copying> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut left = length;
        while left > 0 {
            if self.api.stop.is_asked() {
                return Err(Copying::Stopped);
            }
            let most = usize::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
            let read = from.read(&mut chunk[..most]).map_err(Copying::Read)?;
            if read == 0 {
                return Err(Copying::Read(io::ErrorKind::UnexpectedEof.into()));
            }
            to.write_all(&chunk[..read]).map_err(Copying::Write)?;
            context.update(&chunk[..read]);
            left -= read as u64;
            self.progress.add_bytes(read as u64);
        }
        Ok(())
    }
}
