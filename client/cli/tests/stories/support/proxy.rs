//! Something between the command line and a server that fails now and then.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Hands requests on, a connection for each, but answers some by 503.
pub(crate) struct Proxy {
    address: String,
    refused: Arc<AtomicUsize>,
}

impl Proxy {
    /// Begins to listen. `refuses` says of each request, counted from 0, whether it is refused.
    pub(crate) fn start(upstream: impl Fn() -> String + Send + Sync + 'static, refuses: fn(usize) -> bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let (total, upstream) = (Arc::new(AtomicUsize::new(0)), Arc::new(upstream));
        let (count, seen) = (total.clone(), Arc::new(AtomicUsize::new(0)));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (upstream, count, seen) = (upstream.clone(), count.clone(), seen.clone());
                thread::spawn(move || serve(client, &upstream(), &count, &seen, refuses));
            }
        });
        Self { address, refused: total }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// How many requests were refused.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }
}

/// One request, after which the connection ends.
fn serve(
    client: TcpStream,
    upstream: &str,
    count: &AtomicUsize,
    seen: &AtomicUsize,
    refuses: fn(usize) -> bool,
) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).ok()?;
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == b"\r\n" || line.is_empty() {
            break;
        }
        head.extend(line);
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).ok()?;
    let mut client = client;
    if refuses(seen.fetch_add(1, Ordering::SeqCst)) {
        count.fetch_add(1, Ordering::SeqCst);
        let answer =
            b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return client.write_all(answer).ok();
    }
    let mut server = TcpStream::connect(upstream).ok()?;
    head.extend(b"Connection: close\r\n\r\n");
    server.write_all(&head).ok()?;
    server.write_all(&body).ok()?;
    io::copy(&mut server, &mut client).ok()?;
    Some(())
}
