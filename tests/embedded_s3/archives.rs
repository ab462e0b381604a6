//! Storage classes, and objects that must be restored before they are read.

use aws_sdk_s3::types::{
    GlacierJobParameters, MetadataDirective, ObjectStorageClass, RestoreRequest, StorageClass, Tier,
};

use super::{BUCKET, OTHER, Outcome, World, refusal};

const HOUR_SECONDS: i64 = 60 * 60;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;

impl World {
    async fn archive(&self, key: &str, class: StorageClass) -> Outcome {
        let put = self.client.put_object().bucket(BUCKET).key(key).storage_class(class);
        put.body(b"cold".to_vec().into()).send().await?;
        Ok(())
    }

    async fn restore(&self, key: &str, days: i32, tier: Tier) -> String {
        let parameters = GlacierJobParameters::builder().tier(tier).build().expect("a tier is all it needs");
        let request = RestoreRequest::builder().days(days).glacier_job_parameters(parameters).build();
        refusal(self.client.restore_object().bucket(BUCKET).key(key).restore_request(request).send().await)
    }

    async fn restore_header(&self, key: &str) -> Result<Option<String>, Box<dyn std::error::Error>> {
        Ok(self.client.head_object().bucket(BUCKET).key(key).send().await?.restore)
    }
}

#[tokio::test]
async fn an_archived_object_is_read_after_it_is_restored_and_until_that_is_over() -> Outcome {
    let world = World::new().await?;
    world.archive("blob", StorageClass::DeepArchive).await?;
    let get = || world.client.get_object().bucket(BUCKET).key("blob").send();
    let copy = || world.client.copy_object().bucket(OTHER).key("copy").copy_source(format!("{BUCKET}/blob")).send();
    let upload = world.begin("film").await?;
    let part = || {
        let part = world.client.upload_part_copy().bucket(BUCKET).key("film").upload_id(&upload).part_number(1);
        part.copy_source(format!("{BUCKET}/blob")).send()
    };
    for answer in [refusal(get().await), refusal(copy().await), refusal(part().await)] {
        assert_eq!(answer, "InvalidObjectState");
    }
    let head = world.client.head_object().bucket(BUCKET).key("blob").send().await?;
    assert_eq!((head.content_length(), head.restore()), (Some(4), None));
    assert_eq!(head.storage_class(), Some(&StorageClass::DeepArchive));

    assert_eq!(world.restore("blob", 3, Tier::Bulk).await, "accepted");
    assert_eq!(world.restore("blob", 3, Tier::Standard).await, "RestoreAlreadyInProgress");
    assert_eq!(world.restore_header("blob").await?.as_deref(), Some("ongoing-request=\"true\""));
    world.pass_seconds(48 * HOUR_SECONDS - 1);
    assert_eq!(refusal(get().await), "InvalidObjectState");
    world.pass_seconds(1);
    // 1 January 2026 and 48 hours, three days, and up to the next midnight.
    let ready = "ongoing-request=\"false\", expiry-date=\"Wed, 07 Jan 2026 00:00:00 GMT\"";
    assert_eq!(world.restore_header("blob").await?.as_deref(), Some(ready));
    assert_eq!(get().await?.body.collect().await?.to_vec(), b"cold");
    copy().await?;
    part().await?;
    let copied = world.client.head_object().bucket(OTHER).key("copy").send().await?;
    assert_eq!((copied.storage_class(), copied.restore()), (None, None), "a copy has the class that is asked for");

    let world = world.restarted().await?;
    world.pass_seconds(2 * DAY_SECONDS);
    assert_eq!(world.restore("blob", 10, Tier::Standard).await, "accepted");
    let longer = "ongoing-request=\"false\", expiry-date=\"Wed, 14 Jan 2026 00:00:00 GMT\"";
    assert_eq!(world.restore_header("blob").await?.as_deref(), Some(longer));
    world.pass_seconds(11 * DAY_SECONDS);
    assert_eq!(world.restore_header("blob").await?, None);
    assert!(world.get("blob").await.is_err());
    assert_eq!(world.restore("blob", 1, Tier::Standard).await, "accepted", "it can be restored again");
    Ok(())
}

#[tokio::test]
async fn each_class_has_its_ways_back() -> Outcome {
    let world = World::new().await?;
    for (class, tier, seconds) in [
        (StorageClass::Glacier, Tier::Expedited, 300),
        (StorageClass::Glacier, Tier::Standard, 5 * HOUR_SECONDS),
        (StorageClass::Glacier, Tier::Bulk, 12 * HOUR_SECONDS),
        (StorageClass::DeepArchive, Tier::Standard, 12 * HOUR_SECONDS),
    ] {
        world.archive("blob", class).await?;
        assert_eq!(world.restore("blob", 1, tier).await, "accepted");
        world.pass_seconds(seconds - 1);
        assert!(world.get("blob").await.is_err());
        world.pass_seconds(1);
        assert_eq!(world.get("blob").await?, b"cold");
    }
    world.archive("blob", StorageClass::DeepArchive).await?;
    assert_eq!(world.restore("blob", 1, Tier::Expedited).await, "InvalidArgument");
    assert_eq!(world.restore("blob", 0, Tier::Standard).await, "MalformedXML");
    assert_eq!(world.restore("missing", 1, Tier::Standard).await, "NoSuchKey");
    world.archive("instant", StorageClass::GlacierIr).await?;
    assert_eq!(world.get("instant").await?, b"cold");
    assert_eq!(world.restore("instant", 1, Tier::Standard).await, "InvalidObjectState");
    Ok(())
}

#[tokio::test]
async fn a_storage_class_is_kept_told_and_changed_by_a_copy() -> Outcome {
    let world = World::new().await?;
    world.archive("blob", StorageClass::Glacier).await?;
    let upload = world.client.create_multipart_upload().bucket(BUCKET).key("film");
    let upload = upload.storage_class(StorageClass::StandardIa).send().await?.upload_id.ok_or("no upload")?;
    let part = world.part("film", &upload, 1, b"warm".to_vec()).await?;
    world.complete("film", &upload, &[part]).await?;
    world.put("plain", "warm").await?;
    let list = world.client.list_objects_v2().bucket(BUCKET).send().await?;
    let classes: Vec<_> = list.contents().iter().filter_map(|found| found.storage_class().cloned()).collect();
    let expected = [ObjectStorageClass::Glacier, ObjectStorageClass::StandardIa, ObjectStorageClass::Standard];
    assert_eq!(classes, expected);
    let copy = || world.client.copy_object().bucket(BUCKET).key("plain").copy_source(format!("{BUCKET}/plain"));
    assert_eq!(refusal(copy().send().await), "InvalidRequest", "nothing would change");
    copy().storage_class(StorageClass::DeepArchive).send().await?;
    assert_eq!(refusal(copy().storage_class(StorageClass::Standard).send().await), "InvalidObjectState");
    let replaced = world.client.copy_object().bucket(OTHER).key("plain").copy_source(format!("{BUCKET}/film"));
    replaced.metadata_directive(MetadataDirective::Replace).storage_class(StorageClass::Glacier).send().await?;
    let head = world.client.head_object().bucket(OTHER).key("plain").send().await?;
    assert_eq!(head.storage_class(), Some(&StorageClass::Glacier));
    let unknown = world.client.put_object().bucket(BUCKET).key("key").storage_class(StorageClass::from("LUKEWARM"));
    assert_eq!(refusal(unknown.send().await), "InvalidStorageClass");
    Ok(())
}
