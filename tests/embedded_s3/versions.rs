//! A bucket that keeps versions.

use aws_sdk_s3::types::{
    BucketVersioningStatus, CompletedMultipartUpload, Delete, ObjectIdentifier, VersioningConfiguration,
};

use super::{BUCKET, MIB, OTHER, Outcome, World, refusal};

impl World {
    pub(super) async fn versioning(&self, status: BucketVersioningStatus) -> Outcome {
        let configuration = VersioningConfiguration::builder().status(status).build();
        let put = self.client.put_bucket_versioning().bucket(BUCKET).versioning_configuration(configuration);
        put.send().await?;
        Ok(())
    }

    /// Puts a version and gives its id.
    pub(super) async fn put_version(&self, key: &str, bytes: &str) -> Result<String, Box<dyn std::error::Error>> {
        let put = self.client.put_object().bucket(BUCKET).key(key).body(bytes.as_bytes().to_vec().into());
        Ok(put.send().await?.version_id.ok_or("no version id")?)
    }

    pub(super) async fn get_version(&self, key: &str, id: &str) -> Result<String, String> {
        let get = self.client.get_object().bucket(BUCKET).key(key).version_id(id).send().await;
        let got = get.map_err(|error| super::code_of(&error))?;
        let bytes = got.body.collect().await.map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&bytes.to_vec()).into_owned())
    }

    pub(super) fn delete_version(
        &self,
        key: &str,
        id: &str,
    ) -> aws_sdk_s3::operation::delete_object::builders::DeleteObjectFluentBuilder {
        self.client.delete_object().bucket(BUCKET).key(key).version_id(id)
    }

    /// All versions as `key id`, with `*` for the present one and `-` for a delete marker.
    async fn listed(&self) -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let list = self.client.list_object_versions().bucket(BUCKET).send().await?;
        let line = |key: Option<&str>, id: Option<&str>, latest: Option<bool>, kind: &str| {
            let star = if latest == Some(true) { "*" } else { "" };
            format!("{} {}{star}{kind}", key.unwrap_or_default(), id.unwrap_or_default())
        };
        let versions = list.versions().iter();
        let versions = versions.map(|found| line(found.key(), found.version_id(), found.is_latest(), ""));
        let markers = list.delete_markers().iter();
        let markers = markers.map(|found| line(found.key(), found.version_id(), found.is_latest(), "-"));
        Ok(versions.chain(markers).collect())
    }
}

#[tokio::test]
async fn a_bucket_that_keeps_versions_loses_nothing() -> Outcome {
    let world = World::new().await?;
    world.put("key", "before").await?;
    assert_eq!(world.client.get_bucket_versioning().bucket(BUCKET).send().await?.status(), None);
    world.versioning(BucketVersioningStatus::Enabled).await?;
    let status = world.client.get_bucket_versioning().bucket(BUCKET).send().await?;
    assert_eq!(status.status(), Some(&BucketVersioningStatus::Enabled));
    let first = world.put_version("key", "first").await?;
    let second = world.put_version("key", "second").await?;
    let deleted = world.client.delete_object().bucket(BUCKET).key("key").send().await?;
    let marker = deleted.version_id().ok_or("no marker")?.to_owned();
    assert_eq!(deleted.delete_marker(), Some(true));
    let expected = [format!("key {second}"), format!("key {first}"), "key null".to_owned(), format!("key {marker}*-")];
    assert_eq!(world.listed().await?, expected);
    let get = world.client.get_object().bucket(BUCKET).key("key").send().await;
    let raw = get.as_ref().err().and_then(|error| error.raw_response()).ok_or("no answer")?;
    assert_eq!((raw.status().as_u16(), raw.headers().get("x-amz-delete-marker")), (404, Some("true")));
    assert_eq!(refusal(get), "NoSuchKey");
    assert_eq!(world.client.list_objects_v2().bucket(BUCKET).send().await?.key_count(), Some(0));
    assert_eq!(world.store.object_count(BUCKET).await?, 0);
    for (id, text) in [("null", "before"), (&first, "first"), (&second, "second")] {
        assert_eq!(world.get_version("key", id).await.as_deref(), Ok(text));
    }
    let head = world.client.head_object().bucket(BUCKET).key("key").version_id(&first).send().await?;
    assert_eq!((head.content_length(), head.version_id()), (Some(5), Some(first.as_str())));
    assert_eq!(world.get_version("key", &marker).await.err().as_deref(), Some("MethodNotAllowed"));
    assert_eq!(world.get_version("key", "unheard-of").await.err().as_deref(), Some("NoSuchVersion"));
    let undone = world.delete_version("key", &marker).send().await?;
    assert_eq!((undone.delete_marker(), undone.version_id()), (Some(true), Some(marker.as_str())));
    assert_eq!(world.get("key").await?, b"second");
    world.delete_version("key", &second).send().await?;
    world.delete_version("key", "unheard-of").send().await?;
    assert_eq!(world.get("key").await?, b"first");
    assert_eq!((world.listed().await?.len(), world.files("blobs")?), (2, 2));
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_keeps_versions_no_longer_replaces_only_what_has_none() -> Outcome {
    let world = World::new().await?;
    world.versioning(BucketVersioningStatus::Enabled).await?;
    let kept = world.put_version("key", "kept").await?;
    world.versioning(BucketVersioningStatus::Suspended).await?;
    assert_eq!(world.put_version("key", "one").await?, "null");
    assert_eq!(world.put_version("key", "two").await?, "null");
    assert_eq!(world.listed().await?, ["key null*".to_owned(), format!("key {kept}")]);
    assert_eq!((world.get("key").await?, world.files("blobs")?), (b"two".to_vec(), 2));
    let deleted = world.client.delete_object().bucket(BUCKET).key("key").send().await?;
    assert_eq!((deleted.delete_marker(), deleted.version_id()), (Some(true), Some("null")));
    assert_eq!(world.listed().await?, [format!("key {kept}"), "key null*-".to_owned()]);
    assert_eq!(world.files("blobs")?, 1);
    world.put("key", "three").await?;
    assert_eq!(world.listed().await?, ["key null*".to_owned(), format!("key {kept}")]);
    Ok(())
}

#[tokio::test]
async fn versions_are_listed_in_pages_while_they_are_deleted() -> Outcome {
    let world = World::new().await?;
    world.put("b", "before").await?;
    world.versioning(BucketVersioningStatus::Enabled).await?;
    for key in ["a", "b", "c", "other"] {
        for _ in 0..3 {
            world.put_version(key, key).await?;
        }
        world.client.delete_object().bucket(BUCKET).key(key).send().await?;
    }
    let prefixed = world.client.list_object_versions().bucket(BUCKET).prefix("ot").send().await?;
    assert_eq!((prefixed.versions().len(), prefixed.delete_markers().len()), (3, 1));
    let (mut key, mut id, mut seen) = (None, None, 0);
    loop {
        let list = world.client.list_object_versions().bucket(BUCKET).max_keys(2);
        let page = list.set_key_marker(key).set_version_id_marker(id).send().await?;
        let versions = page.versions().iter().map(|found| (found.key(), found.version_id()));
        let markers = page.delete_markers().iter().map(|found| (found.key(), found.version_id()));
        let all = versions.chain(markers).map(|(key, id)| {
            ObjectIdentifier::builder().key(key.unwrap_or_default()).version_id(id.unwrap_or_default()).build()
        });
        let all: Vec<_> = all.collect::<Result<_, _>>()?;
        seen += all.len();
        let delete = Delete::builder().set_objects(Some(all)).build()?;
        let deleted = world.client.delete_objects().bucket(BUCKET).delete(delete).send().await?;
        assert_eq!(deleted.errors(), []);
        if page.is_truncated() != Some(true) {
            break;
        }
        (key, id) = (page.next_key_marker, page.next_version_id_marker);
    }
    assert_eq!((seen, world.listed().await?.len(), world.files("blobs")?), (17, 0, 0));
    Ok(())
}

#[tokio::test]
async fn an_old_version_can_be_copied_over_the_present_one() -> Outcome {
    let world = World::new().await?;
    world.versioning(BucketVersioningStatus::Enabled).await?;
    let old = world.put_version("key", "good").await?;
    world.put_version("key", "spoilt").await?;
    let copy = world.client.copy_object().bucket(BUCKET).key("key");
    let copied = copy.copy_source(format!("{BUCKET}/key?versionId={old}")).send().await?;
    assert_eq!(copied.copy_source_version_id(), Some(old.as_str()));
    assert_eq!(world.get("key").await?, b"good");
    assert_eq!(world.listed().await?.len(), 3);
    let elsewhere = world.client.copy_object().bucket(OTHER).key("key").copy_source(format!("{BUCKET}/key"));
    let elsewhere = elsewhere.send().await?;
    assert_eq!((elsewhere.version_id(), elsewhere.copy_source_version_id()), (None, copied.version_id()));
    let missing = world.client.copy_object().bucket(OTHER).key("key").copy_source(format!("{BUCKET}/key?versionId=x"));
    assert_eq!(refusal(missing.send().await), "NoSuchVersion");
    Ok(())
}

#[tokio::test]
async fn only_the_first_of_several_writers_puts_a_version() -> Outcome {
    let world = World::new().await?;
    world.versioning(BucketVersioningStatus::Enabled).await?;
    let put = || world.client.put_object().bucket(BUCKET).key("blob").if_none_match("*").send();
    put().await?;
    assert_eq!(refusal(put().await), "PreconditionFailed");
    world.put("source", "bytes").await?;
    let copy = || {
        let copy = world.client.copy_object().bucket(BUCKET).key("copy").copy_source(format!("{BUCKET}/source"));
        copy.if_none_match("*").send()
    };
    copy().await?;
    assert_eq!(refusal(copy().await), "PreconditionFailed");
    let (first, second) = (world.begin("film").await?, world.begin("film").await?);
    let complete = async |id: &str| {
        let part = world.part("film", id, 1, b"part".to_vec()).await.expect("a part");
        let parts = CompletedMultipartUpload::builder().parts(part).build();
        let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("film").upload_id(id);
        complete.multipart_upload(parts).if_none_match("*").send().await
    };
    let id = complete(&first).await?.version_id.ok_or("no version id")?;
    assert_eq!(refusal(complete(&second).await), "PreconditionFailed");
    // Where there is a delete marker, there is no object.
    for key in ["blob", "copy", "film"] {
        world.client.delete_object().bucket(BUCKET).key(key).send().await?;
    }
    put().await?;
    copy().await?;
    let again = complete(&second).await?.version_id.ok_or("no version id")?;
    assert_ne!(id, again);
    assert_eq!(world.get_version("film", &id).await.as_deref(), Ok("part"));
    Ok(())
}

#[tokio::test]
async fn a_retried_completion_names_the_same_version() -> Outcome {
    let world = World::new().await?;
    world.versioning(BucketVersioningStatus::Enabled).await?;
    let id = world.begin("film").await?;
    let part = world.part("film", &id, 1, vec![b'x'; MIB]).await?;
    let complete = || {
        let parts = CompletedMultipartUpload::builder().parts(part.clone()).build();
        let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("film").upload_id(&id);
        complete.multipart_upload(parts).send()
    };
    let version = complete().await?.version_id;
    assert!(version.is_some());
    world.put("film", "newer").await?;
    assert_eq!(complete().await?.version_id, version);
    assert_eq!(world.listed().await?.len(), 2);
    Ok(())
}
