//! Folders of earlier and later releases.

use std::sync::Arc;

use aws_sdk_s3::types::BucketVersioningStatus;
use rusqlite::{Connection, params};

use super::{BUCKET, OTHER, Outcome, START_MILLIS, World};

/// A folder as the releases before versions left it: two objects, an upload in parts, one that is done, an event.
fn old_folder() -> Result<tempfile::TempDir, Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let database = Connection::open(dir.path().join("objects.sqlite"))?;
    database.execute_batch(include_str!("form_0.sql"))?;
    let blob = |name: &str, text: &str| -> Result<(), Box<dyn std::error::Error>> {
        let folder = dir.path().join("blobs").join(&name[name.len() - 2..]);
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join(name), text)?)
    };
    for bucket in [BUCKET, OTHER] {
        database.execute("INSERT INTO bucket VALUES (?, ?)", params![bucket, START_MILLIS - 1])?;
    }
    for (key, name, text) in
        [("a/ü", "0000000000000000000000000A", "hello"), ("b", "0000000000000000000000000B", "there")]
    {
        blob(name, text)?;
        let checksum = format!(r#"{{"values":{{"Sha256":"{}"}}}}"#, super::sha256(text.as_bytes()));
        let properties = format!(r#"{{"content_type":"image/png","metadata":{{"a":"b"}},"checksums":{checksum}}}"#);
        database.execute(
            "INSERT INTO object VALUES (?, ?, ?, 5, ?, ?, ?)",
            params![BUCKET, key.as_bytes(), name, "5d41402abc4b2a76b9719d911017c592", START_MILLIS - 1, properties],
        )?;
    }
    blob("0000000000000000000000000C", "part")?;
    database.execute(
        "INSERT INTO upload VALUES ('open', ?, ?, ?, '{}', NULL, 0, NULL, NULL)",
        params![BUCKET, "film".as_bytes(), START_MILLIS - 1],
    )?;
    database.execute(
        "INSERT INTO upload VALUES ('done', ?, ?, ?, '{}', NULL, 0, 'etag-1', '{\"values\":{}}')",
        params![BUCKET, "b".as_bytes(), START_MILLIS - 1],
    )?;
    database.execute(
        "INSERT INTO part VALUES ('open', 1, '0000000000000000000000000C', 4, 'bac2f1fd10d36d68d7e0df87ab9ee4b5', ?,
            '{\"values\":{}}')",
        [START_MILLIS - 1],
    )?;
    database.execute(
        "INSERT INTO event (bucket, key, etag, size_bytes, created, due) VALUES (?, 'b', 'etag', 5, ?1, ?2)"
            .replace("?1", "0")
            .replace("?2", "0")
            .as_str(),
        [BUCKET],
    )?;
    Ok(dir)
}

#[tokio::test]
async fn a_folder_of_before_versions_opens_with_everything_in_it() -> Outcome {
    let mut world = World::open(Arc::new(old_folder()?)).await?;
    for start in 1..=2 {
        assert_eq!((world.get("a/ü").await?, world.get("b").await?), (b"hello".to_vec(), b"there".to_vec()), "{start}");
        let head = world.client.head_object().bucket(BUCKET).key("a/ü").checksum_mode("ENABLED".into()).send().await?;
        assert_eq!((head.content_type(), head.version_id()), (Some("image/png"), None));
        assert!(head.checksum_sha256().is_some());
        assert_eq!(world.client.list_objects_v2().bucket(BUCKET).send().await?.key_count(), Some(2));
        assert_eq!((world.store.object_count(BUCKET).await?, world.files("blobs")?), (2, 3));
        assert_eq!(world.store.due_events(local::s3::Keys::Any, 10).await?.len(), 1);
        world = world.restarted().await?;
    }
    let listed = world.client.list_parts().bucket(BUCKET).key("film").upload_id("open").send().await?;
    let part = aws_sdk_s3::types::CompletedPart::builder().part_number(1);
    let part = part.set_e_tag(listed.parts()[0].e_tag().map(str::to_owned)).build();
    world.complete("film", "open", std::slice::from_ref(&part)).await?;
    assert_eq!(world.get("film").await?, b"part");
    assert_eq!(world.complete("b", "done", &[part]).await.as_deref(), Ok("\"etag-1\""));
    world.versioning(BucketVersioningStatus::Enabled).await?;
    world.put("b", "newer").await?;
    assert_eq!(world.get_version("b", "null").await.as_deref(), Ok("there"));
    Ok(())
}

#[tokio::test]
async fn an_upgrade_that_breaks_off_leaves_the_folder_as_it_was() -> Outcome {
    let dir = Arc::new(old_folder()?);
    let path = dir.path().join("objects.sqlite");
    // The name that the upgrade needs is taken.
    Connection::open(&path)?.execute_batch("CREATE TABLE object_of_form_0 (a)")?;
    assert!(World::open(Arc::clone(&dir)).await.is_err());
    let database = Connection::open(&path)?;
    assert_eq!(database.query_row("SELECT count(*) FROM object", [], |row| row.get::<_, i64>(0))?, 2);
    database.execute_batch("DROP TABLE object_of_form_0")?;
    drop(database);
    assert_eq!(World::open(dir).await?.get("b").await?, b"there");
    Ok(())
}

#[tokio::test]
async fn a_folder_of_a_later_release_is_left_alone() -> Outcome {
    let world = World::new().await?;
    world.put("key", "precious").await?;
    let dir = Arc::clone(&world.dir);
    Connection::open(dir.path().join("objects.sqlite"))?.pragma_update(None, "user_version", 99)?;
    let error = world.restarted().await.err().ok_or("the store was opened")?;
    let source = error.source().ok_or("no source")?.source().ok_or("no cause")?;
    assert!(source.to_string().contains("newer Mantel"), "{source}");
    Ok(())
}
