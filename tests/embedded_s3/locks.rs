//! Object Lock: what nobody can delete.

use aws_sdk_s3::{
    primitives::DateTime,
    types::{
        BucketVersioningStatus, DefaultRetention, Delete, ObjectIdentifier, ObjectLockConfiguration, ObjectLockEnabled,
        ObjectLockMode, ObjectLockRetention, ObjectLockRetentionMode, ObjectLockRule,
    },
};

use super::{BUCKET, OTHER, Outcome, START_MILLIS, World, refusal};

const DAY_SECONDS: i64 = 24 * 60 * 60;

fn after(days: i64) -> DateTime {
    DateTime::from_millis(START_MILLIS + days * DAY_SECONDS * 1000)
}

fn retention(mode: ObjectLockRetentionMode, days: i64) -> ObjectLockRetention {
    ObjectLockRetention::builder().mode(mode).retain_until_date(after(days)).build()
}

fn configuration(default: Option<DefaultRetention>) -> ObjectLockConfiguration {
    let rule = default.map(|default| ObjectLockRule::builder().default_retention(default).build());
    ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).set_rule(rule).build()
}

impl World {
    async fn lock(&self, default: Option<DefaultRetention>) -> Outcome {
        self.versioning(BucketVersioningStatus::Enabled).await?;
        let put = self.client.put_object_lock_configuration().bucket(BUCKET);
        put.object_lock_configuration(configuration(default)).send().await?;
        Ok(())
    }

    async fn put_locked(
        &self,
        key: &str,
        mode: ObjectLockMode,
        days: i64,
    ) -> Result<String, Box<dyn std::error::Error>> {
        let put = self.client.put_object().bucket(BUCKET).key(key).body(b"kept".to_vec().into());
        let put = put.object_lock_mode(mode).object_lock_retain_until_date(after(days));
        Ok(put.send().await?.version_id.ok_or("no version id")?)
    }

    fn retain(
        &self,
        key: &str,
        id: &str,
        retention: ObjectLockRetention,
    ) -> aws_sdk_s3::operation::put_object_retention::builders::PutObjectRetentionFluentBuilder {
        self.client.put_object_retention().bucket(BUCKET).key(key).version_id(id).retention(retention)
    }
}

#[tokio::test]
async fn a_version_that_is_kept_for_compliance_is_deleted_by_nobody() -> Outcome {
    let world = World::new().await?;
    world.lock(None).await?;
    let id = world.put_locked("key", ObjectLockMode::Compliance, 10).await?;
    for bypasses in [false, true] {
        let delete = world.delete_version("key", &id).bypass_governance_retention(bypasses);
        assert_eq!(refusal(delete.send().await), "AccessDenied");
        let objects = ObjectIdentifier::builder().key("key").version_id(&id).build()?;
        let delete = world.client.delete_objects().bucket(BUCKET).bypass_governance_retention(bypasses);
        let deleted = delete.delete(Delete::builder().objects(objects).build()?).send().await?;
        assert_eq!(deleted.errors()[0].code(), Some("AccessDenied"));
        for (mode, days) in [
            (ObjectLockRetentionMode::Compliance, 9),
            (ObjectLockRetentionMode::Governance, 10),
            (ObjectLockRetentionMode::Governance, 20),
        ] {
            let weaker = world.retain("key", &id, retention(mode, days)).bypass_governance_retention(bypasses);
            assert_eq!(refusal(weaker.send().await), "AccessDenied");
        }
        let none = world.retain("key", &id, ObjectLockRetention::builder().build());
        assert_eq!(refusal(none.bypass_governance_retention(bypasses).send().await), "AccessDenied");
    }
    world.retain("key", &id, retention(ObjectLockRetentionMode::Compliance, 12)).send().await?;
    let kept = world.client.get_object_retention().bucket(BUCKET).key("key").version_id(&id).send().await?;
    assert_eq!(kept.retention(), Some(&retention(ObjectLockRetentionMode::Compliance, 12)));
    let head = world.client.head_object().bucket(BUCKET).key("key").send().await?;
    assert_eq!(head.object_lock_mode(), Some(&ObjectLockMode::Compliance));
    assert_eq!(head.object_lock_retain_until_date(), Some(&after(12)));
    world.pass_seconds(12 * DAY_SECONDS - 1);
    assert_eq!(refusal(world.delete_version("key", &id).send().await), "AccessDenied");
    world.pass_seconds(1);
    world.delete_version("key", &id).send().await?;
    assert_eq!(world.files("blobs")?, 0);
    Ok(())
}

#[tokio::test]
async fn a_version_that_is_kept_for_governance_is_deleted_on_express_demand_only() -> Outcome {
    let world = World::new().await?;
    world.lock(None).await?;
    let id = world.put_locked("key", ObjectLockMode::Governance, 10).await?;
    assert_eq!(refusal(world.delete_version("key", &id).send().await), "AccessDenied");
    let shorter = || world.retain("key", &id, retention(ObjectLockRetentionMode::Governance, 1));
    assert_eq!(refusal(shorter().send().await), "AccessDenied");
    shorter().bypass_governance_retention(true).send().await?;
    world.delete_version("key", &id).bypass_governance_retention(true).send().await?;
    let id = world.put_locked("key", ObjectLockMode::Governance, 10).await?;
    world.retain("key", &id, retention(ObjectLockRetentionMode::Compliance, 10)).send().await?;
    let delete = world.delete_version("key", &id).bypass_governance_retention(true);
    assert_eq!(refusal(delete.send().await), "AccessDenied", "it can be made stricter");
    Ok(())
}

#[tokio::test]
async fn what_is_put_again_or_deleted_plainly_stays_as_a_version() -> Outcome {
    let world = World::new().await?;
    let default = DefaultRetention::builder().mode(ObjectLockRetentionMode::Compliance).days(30).build();
    world.lock(Some(default.clone())).await?;
    let answered = world.client.get_object_lock_configuration().bucket(BUCKET).send().await?;
    assert_eq!(answered.object_lock_configuration(), Some(&configuration(Some(default))));
    let first = world.put_version("key", "first").await?;
    let kept = world.client.get_object_retention().bucket(BUCKET).key("key").version_id(&first).send().await?;
    assert_eq!(kept.retention(), Some(&retention(ObjectLockRetentionMode::Compliance, 30)));
    world.put("source", "second").await?;
    let copy = world.client.copy_object().bucket(BUCKET).key("key").copy_source(format!("{BUCKET}/source"));
    let copy = copy.send().await?.version_id.ok_or("no version id")?;
    let upload = world.begin("key").await?;
    let part = world.part("key", &upload, 1, b"third".to_vec()).await?;
    world.complete("key", &upload, &[part]).await?;
    let deleted = world.client.delete_object().bucket(BUCKET).key("key").send().await?;
    let marker = deleted.version_id.ok_or("no marker")?;
    let world = world.restarted().await?;
    for (id, text) in [(&first, "first"), (&copy, "second")] {
        assert_eq!(world.get_version("key", id).await.as_deref(), Ok(text));
        assert_eq!(refusal(world.delete_version("key", id).send().await), "AccessDenied");
    }
    world.delete_version("key", &marker).send().await?;
    assert_eq!(world.get("key").await?, b"third", "a delete marker is not kept");
    let head = world.client.head_object().bucket(BUCKET).key("key").send().await?;
    let third = head.version_id().ok_or("no version id")?;
    assert_eq!(refusal(world.delete_version("key", third).send().await), "AccessDenied");
    Ok(())
}

#[tokio::test]
async fn a_lock_is_refused_where_it_could_not_hold() -> Outcome {
    let world = World::new().await?;
    let lock = || {
        let put = world.client.put_object_lock_configuration().bucket(BUCKET);
        put.object_lock_configuration(configuration(None)).send()
    };
    assert_eq!(refusal(lock().await), "InvalidBucketState", "without versions there is nothing to lock");
    let found = world.client.get_object_lock_configuration().bucket(BUCKET).send().await;
    assert_eq!(refusal(found), "ObjectLockConfigurationNotFoundError");
    let put = || world.client.put_object().bucket(OTHER).key("key").object_lock_mode(ObjectLockMode::Compliance);
    assert_eq!(refusal(put().send().await), "InvalidArgument");
    assert_eq!(refusal(put().object_lock_retain_until_date(after(1)).send().await), "InvalidRequest");
    assert_eq!(refusal(put().object_lock_retain_until_date(after(0)).send().await), "InvalidArgument");
    world.lock(None).await?;
    let suspend = world.versioning(BucketVersioningStatus::Suspended).await;
    assert!(suspend.is_err(), "a lock needs versions for good");
    world.put("free", "bytes").await?;
    let free = world.client.get_object_retention().bucket(BUCKET).key("free").send().await;
    assert_eq!(refusal(free), "NoSuchObjectLockConfiguration");
    let unchecked = aws_sdk_s3::Client::from_conf(
        super::config(world.address)
            .request_checksum_calculation(aws_sdk_s3::config::RequestChecksumCalculation::WhenRequired)
            .build(),
    );
    let put = unchecked.put_object().bucket(BUCKET).key("key").object_lock_mode(ObjectLockMode::Governance);
    let put = put.object_lock_retain_until_date(after(1)).send().await;
    assert_eq!(refusal(put), "InvalidRequest", "what is kept for long must be known to be whole");
    unchecked.put_object().bucket(BUCKET).key("key").send().await?;
    Ok(())
}
