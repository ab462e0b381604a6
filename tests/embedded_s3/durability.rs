//! What is left after an interruption.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::Arc,
};

use super::{BUCKET, MIB, Outcome, World, count_files, valid_for};

#[tokio::test]
async fn a_folder_with_an_empty_database_is_left_alone() -> Outcome {
    let world = World::new().await?;
    world.put("key", "precious").await?;
    let dir = Arc::clone(&world.dir);
    for name in ["objects.sqlite-wal", "objects.sqlite-shm"] {
        std::fs::remove_file(dir.path().join(name))?;
    }
    std::fs::File::create(dir.path().join("objects.sqlite"))?;
    assert!(world.restarted().await.is_err());
    assert_eq!(count_files(&dir.path().join("blobs"))?, 1);
    Ok(())
}

#[tokio::test]
async fn a_dropped_connection_leaves_the_old_object() -> Outcome {
    let world = World::new().await?;
    world.put("key", "old").await?;
    let put = world.client.put_object().bucket(BUCKET).key("key").content_length(50_000_000);
    let signed = put.presigned(valid_for(60)?).await?;
    let path = signed.uri().split_once(&world.address.to_string()).ok_or("no path")?.1.to_owned();
    let address = world.address;
    tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "PUT {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 50000000\r\n\r\n")?;
        stream.write_all(&vec![b'n'; 3 * MIB])?;
        stream.shutdown(Shutdown::Write)?;
        // The server hangs up when it has done with the request.
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
    })
    .await??;
    assert_eq!(world.get("key").await?, b"old");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (1, 0));
    Ok(())
}

#[tokio::test]
async fn a_restart_keeps_what_was_acknowledged_and_removes_the_rest() -> Outcome {
    let world = World::new().await?;
    world.put("key", "kept").await?;
    let id = world.begin("video").await?;
    let part = world.part("video", &id, 1, b"part".to_vec()).await?;
    let blobs = world.dir.path().join("blobs");
    std::fs::create_dir_all(blobs.join("ZZ"))?;
    std::fs::write(blobs.join("ZZ").join("0000000000000000000000000Z"), "renamed, but no row")?;
    std::fs::write(world.dir.path().join("incoming").join("unfinished"), "half")?;
    let world = world.restarted().await?;
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (2, 0));
    assert_eq!(world.get("key").await?, b"kept");
    assert_eq!(world.store.due_events(local::s3::Keys::Any, 10).await?.len(), 1);
    let etag = world.complete("video", &id, std::slice::from_ref(&part)).await?;
    let world = world.restarted().await?;
    assert_eq!(world.complete("video", &id, &[part]).await?, etag, "a retry after a restart");
    assert_eq!(world.get("video").await?, b"part");
    Ok(())
}

#[tokio::test]
async fn a_folder_that_lost_its_database_is_left_alone() -> Outcome {
    let world = World::new().await?;
    world.put("key", "precious").await?;
    for name in ["objects.sqlite", "objects.sqlite-wal", "objects.sqlite-shm"] {
        std::fs::remove_file(world.dir.path().join(name))?;
    }
    let dir = Arc::clone(&world.dir);
    let error = world.restarted().await.err().ok_or("the store was opened")?;
    assert!(error.to_string().starts_with("cannot open the object store at "), "{error}");
    assert_eq!(count_files(&dir.path().join("blobs"))?, 1);
    Ok(())
}
