//! Accounts, records and objects: as the embedded services have them, and so that nothing of them gets lost or out.

use aws_sdk_cognitoidentityprovider::types::{
    AdminCreateUserConfigType, AliasAttributeType, ExplicitAuthFlowsType, PreventUserExistenceErrorTypes,
    UserPoolMfaType, UserPoolPolicyType, UsernameConfigurationType,
};
use aws_sdk_dynamodb::types::{GlobalSecondaryIndexDescription, KeySchemaElement, TableDescription};
use model::{Role, access::GUEST_GROUP};
use serde_json::{Value, json};

use super::document::{Template, named, texts};
use crate::support::{Home, aws};

const BUCKETS: [&str; 4] = ["OriginalsBucket", "RenditionsBucket", "SiteBucket", "BackupBucket"];

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_the_one_that_the_code_makes() {
    let home = Home::open().await;
    let client = aws::dynamodb(&home);
    let made = client.describe_table().table_name("mantel").send().await.expect("the table is there");
    let expiry = client.describe_time_to_live().table_name("mantel").send().await.expect("it expires items");
    let template = Template::read();
    let table = template.properties("Table");
    let made = made.table.expect("a description");
    assert_eq!(sorted(&table["AttributeDefinitions"]), attributes_of(&made));
    assert_eq!(table["KeySchema"], keys_of(made.key_schema()));
    assert_eq!(sorted(&table["GlobalSecondaryIndexes"]), indexes_of(made.global_secondary_indexes()));
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    let attribute = expiry.time_to_live_description.and_then(|description| description.attribute_name);
    assert_eq!(table["TimeToLiveSpecification"], json!({ "AttributeName": attribute, "Enabled": true }));
}

fn sorted(list: &Value) -> Vec<Value> {
    let mut list = list.as_array().expect("a list").clone();
    list.sort_by_key(ToString::to_string);
    list
}

fn attributes_of(table: &TableDescription) -> Vec<Value> {
    let attributes = table.attribute_definitions().iter();
    let attributes = attributes
        .map(|one| json!({ "AttributeName": one.attribute_name(), "AttributeType": one.attribute_type().as_str() }));
    sorted(&attributes.collect())
}

fn keys_of(keys: &[KeySchemaElement]) -> Value {
    keys.iter()
        .map(|key| json!({ "AttributeName": key.attribute_name(), "KeyType": key.key_type().as_str() }))
        .collect()
}

fn indexes_of(indexes: &[GlobalSecondaryIndexDescription]) -> Vec<Value> {
    let indexes = indexes.iter().map(|index| {
        let projection = index.projection().and_then(|projection| projection.projection_type()).expect("a projection");
        json!({
            "IndexName": index.index_name(),
            "KeySchema": keys_of(index.key_schema()),
            "Projection": { "ProjectionType": projection.as_str() },
        })
    });
    sorted(&indexes.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_pool_is_set_as_the_embedded_one_is() {
    let home = Home::open().await;
    let described = aws::cognito(&home).describe_user_pool().user_pool_id(home.system.pool.pool_id()).send().await;
    let like = described.expect("a description").user_pool.expect("a pool");
    let template = Template::read();
    let pool = template.properties("UserPool");
    let aliases: Vec<&str> = like.alias_attributes().iter().map(AliasAttributeType::as_str).collect();
    assert_eq!(texts(&pool["AliasAttributes"]), aliases);
    let is_case_sensitive = like.username_configuration().map(UsernameConfigurationType::case_sensitive);
    assert_eq!(pool["UsernameConfiguration"]["CaseSensitive"].as_bool(), is_case_sensitive);
    let only_admins = like.admin_create_user_config().map(AdminCreateUserConfigType::allow_admin_create_user_only);
    assert_eq!(pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"].as_bool(), only_admins);
    assert_eq!(pool["MfaConfiguration"].as_str(), like.mfa_configuration().map(UserPoolMfaType::as_str));
    let policy = like.policies().and_then(UserPoolPolicyType::password_policy).expect("a policy");
    assert_eq!(
        pool["Policies"]["PasswordPolicy"],
        json!({
            "MinimumLength": policy.minimum_length(),
            "RequireUppercase": policy.require_uppercase(),
            "RequireLowercase": policy.require_lowercase(),
            "RequireNumbers": policy.require_numbers(),
            "RequireSymbols": policy.require_symbols(),
            "TemporaryPasswordValidityDays": policy.temporary_password_validity_days(),
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_pool_signs_in_as_the_embedded_one_does_and_for_as_long() {
    let home = Home::open().await;
    let pool = &home.system.pool;
    let describe = aws::cognito(&home).describe_user_pool_client();
    let described = describe.user_pool_id(pool.pool_id()).client_id(pool.client_id()).send().await;
    let like = described.expect("a description").user_pool_client.expect("a client");
    let template = Template::read();
    let client = template.properties("UserPoolClient");
    assert_eq!(client["EnableTokenRevocation"].as_bool(), like.enable_token_revocation());
    let tells = like.prevent_user_existence_errors().map(PreventUserExistenceErrorTypes::as_str);
    assert_eq!(client["PreventUserExistenceErrors"].as_str(), tells);
    // The embedded one says all in seconds.
    assert_eq!(seconds(client, "AccessToken"), i64::from(like.access_token_validity().expect("a length")));
    assert_eq!(seconds(client, "IdToken"), i64::from(like.id_token_validity().expect("a length")));
    assert_eq!(seconds(client, "RefreshToken"), i64::from(like.refresh_token_validity()));
    let flows: Vec<&str> = like.explicit_auth_flows().iter().map(ExplicitAuthFlowsType::as_str).collect();
    let wanted = texts(&client["ExplicitAuthFlows"]);
    assert_eq!(
        wanted,
        ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "those by which the code signs people in"
    );
    assert!(wanted.iter().all(|flow| flows.contains(flow)));
    assert_eq!(client.get("GenerateSecret"), None, "the code sends no secret of a client");
}

fn seconds(client: &Value, token: &str) -> i64 {
    let length = match client["TokenValidityUnits"][token].as_str() {
        Some("minutes") => 60,
        Some("days") => 86_400,
        other => panic!("{other:?} is no unit"),
    };
    client[format!("{token}Validity")].as_i64().expect("a number") * length
}

#[test]
fn every_role_has_its_group_and_guests_have_theirs() {
    let template = Template::read();
    let groups = template.of_type("AWS::Cognito::UserPoolGroup");
    let mut names: Vec<&str> = groups.iter().map(|(_, group)| named(&group["Properties"]["GroupName"])).collect();
    names.sort_unstable();
    let mut wanted: Vec<&str> = Role::ALL.into_iter().map(Role::group).chain([GUEST_GROUP]).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

#[test]
fn what_holds_accounts_records_and_objects_outlives_the_stack() {
    let template = Template::read();
    // A bucket goes where the first deployment fails, and never else.
    let buckets = BUCKETS.map(|name| (name, "RetainExceptOnCreate"));
    for (name, policy) in [("UserPool", "Retain"), ("Table", "Retain")].into_iter().chain(buckets) {
        let resource = template.resource(name);
        assert_eq!(resource["DeletionPolicy"], policy, "{name}");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
    }
    assert_eq!(template.properties("UserPool")["DeletionProtection"], "ACTIVE");
    let table = template.properties("Table");
    assert_eq!(table["DeletionProtectionEnabled"], true);
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
}

#[test]
fn no_bucket_is_public_and_each_keeps_what_is_overwritten() {
    let template = Template::read();
    let all = template.of_type("AWS::S3::Bucket");
    assert_eq!(all.len(), BUCKETS.len());
    for (name, bucket) in all {
        let bucket = &bucket["Properties"];
        let closed = json!({
            "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true
        });
        assert_eq!(bucket["PublicAccessBlockConfiguration"], closed, "{name}");
        assert_eq!(bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"], "BucketOwnerEnforced", "{name}");
        let encryption = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
        assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256", "{name}");
        assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled", "{name}");
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_array().expect("rules");
        assert!(rules.iter().any(|rule| rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 7), "{name}");
        let mut expires = rules.iter().filter(|rule| rule.get("ExpirationInDays").is_some());
        assert!(expires.all(|rule| rule["Prefix"] == "jobs/"), "{name} forgets what is no job");
    }
}

#[test]
fn every_bucket_is_spoken_to_by_tls_alone() {
    let template = Template::read();
    let policies = template.of_type("AWS::S3::BucketPolicy");
    for bucket in BUCKETS {
        let policy = policies.iter().find(|(_, policy)| named(&policy["Properties"]["Bucket"]) == bucket);
        let (_, policy) = policy.unwrap_or_else(|| panic!("{bucket} has no policy"));
        let statement = &policy["Properties"]["PolicyDocument"]["Statement"][0];
        assert_eq!((&statement["Effect"], &statement["Principal"]), (&json!("Deny"), &json!("*")), "{bucket}");
        assert_eq!(statement["Condition"], json!({ "Bool": { "aws:SecureTransport": "false" } }), "{bucket}");
        let everything = [format!("{bucket}.Arn"), format!("${{{bucket}.Arn}}/*")];
        let resources = statement["Resource"].as_array().expect("a list").iter().map(named);
        assert!(resources.eq(everything.iter().map(String::as_str)), "{bucket}");
    }
}

#[test]
fn pages_of_the_site_alone_may_use_presigned_addresses() {
    let template = Template::read();
    let site = &template.section("Outputs")["SiteUrl"]["Value"];
    for (bucket, methods) in [("OriginalsBucket", &["GET", "HEAD", "PUT"][..]), ("RenditionsBucket", &["GET", "HEAD"])]
    {
        let rules = template.properties(bucket)["CorsConfiguration"]["CorsRules"].as_array().expect("rules");
        assert_eq!(rules.len(), 1, "{bucket}");
        assert_eq!(rules[0]["AllowedOrigins"], json!([site]), "{bucket}");
        assert_eq!(texts(&rules[0]["AllowedMethods"]), methods, "{bucket}");
        assert!(!texts(&rules[0]["AllowedHeaders"]).contains(&"*"), "{bucket}");
    }
    for bucket in ["SiteBucket", "BackupBucket"] {
        assert_eq!(template.properties(bucket).get("CorsConfiguration"), None, "{bucket}");
    }
}

#[test]
fn originals_get_cheaper_by_themselves_and_the_backup_is_locked() {
    let template = Template::read();
    let rules = template.properties("OriginalsBucket")["LifecycleConfiguration"]["Rules"].as_array().expect("rules");
    let tiers = rules.iter().find(|rule| rule.get("Transitions").is_some()).expect("a transition");
    assert_eq!(
        (&tiers["Prefix"], &tiers["Transitions"][0]["StorageClass"]),
        (&json!("originals/"), &json!("INTELLIGENT_TIERING"))
    );
    let lock = &template.properties("BackupBucket")["ObjectLockConfiguration"];
    assert_eq!(lock["Rule"]["DefaultRetention"]["Mode"], "GOVERNANCE");
    assert_eq!(template.properties("BackupBucket")["ObjectLockEnabled"], true);
}
