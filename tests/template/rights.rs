//! What functions may do, and what nobody may.

use serde_json::Value;

use super::document::{Template, list, named, read, texts};

const ROLES: [&str; 3] = ["ResolversRole", "ProcessorRole", "BackupRole"];
const FUNCTIONS: [&str; 3] = ["Resolvers", "Processor", "Backup"];

/// Each action that a role is granted, with each resource that it is granted on.
fn grants(template: &Template, role: &str) -> Vec<(String, String)> {
    let statements = template.statements(role);
    let grants = statements.iter().flat_map(|statement| {
        assert_eq!(statement["Effect"], "Allow", "{role}");
        let resources: Vec<&str> = list(&statement["Resource"]).into_iter().map(named).collect();
        let pairs = texts(&statement["Action"]).into_iter().flat_map(move |action| {
            resources.clone().into_iter().map(move |resource| (action.to_owned(), resource.to_owned()))
        });
        pairs.collect::<Vec<_>>()
    });
    grants.collect()
}

#[test]
fn every_function_has_a_role_of_its_own_that_lambda_alone_takes() {
    let template = Template::read();
    let functions = template.of_type("AWS::Lambda::Function");
    assert_eq!(functions.len(), FUNCTIONS.len());
    for (function, role) in FUNCTIONS.into_iter().zip(ROLES) {
        assert_eq!(template.properties(function)["Role"]["Fn::GetAtt"], format!("{role}.Arn"));
        let trust = &template.properties(role)["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(trust.as_array().expect("a list").len(), 1, "{role}");
        assert_eq!(trust[0]["Principal"]["Service"], "lambda.amazonaws.com", "{role}");
        assert_eq!(template.properties(role).get("ManagedPolicyArns"), None, "{role}");
    }
}

#[test]
fn no_grant_is_of_everything() {
    let template = Template::read();
    for (role, _) in template.of_type("AWS::IAM::Role") {
        for (action, resource) in grants(&template, role) {
            assert!(!action.contains('*'), "{role}: {action}");
            assert_ne!(resource, "*", "{role}: {action}");
        }
    }
}

#[test]
fn nobody_can_take_bytes_away_for_good_or_unlock_a_backup() {
    let template = Template::read();
    for (role, _) in template.of_type("AWS::IAM::Role") {
        for (action, resource) in grants(&template, role) {
            let deletes = action.contains("Delete") && !resource.contains("/jobs/");
            let of_originals = deletes && resource.contains("OriginalsBucket");
            assert!(!of_originals || (role == "ResolversRole" && action == "s3:DeleteObject"), "{role}: {action}");
            assert!(!(deletes && resource.contains("BackupBucket")), "{role}: {action}");
            for harm in ["Version", "Governance", "Retention", "LegalHold", "Lifecycle", "Policy", "CreateBucket"] {
                let read = action.starts_with("s3:Get") || action.starts_with("s3:List");
                assert!(read || !action.contains(harm), "{role}: {action}");
            }
            for service in ["iam:", "sts:", "kms:", "cloudformation:"] {
                assert!(!action.starts_with(service), "{role}: {action}");
            }
        }
    }
}

#[test]
fn the_processor_writes_no_original_and_the_backup_no_record_but_its_own() {
    let template = Template::read();
    for (action, resource) in grants(&template, "ProcessorRole") {
        let writes = action == "s3:PutObject" && resource.contains("OriginalsBucket");
        assert!(!writes || resource.contains("/jobs/render/") || resource.contains("/jobs/convert/"), "{resource}");
    }
    for statement in template.statements("BackupRole") {
        let writes = texts(&statement["Action"]).iter().any(|action| {
            ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"]
                .contains(action)
        });
        if writes {
            let keys = &statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"];
            assert_eq!(texts(keys), ["BACKUP"]);
        }
    }
}

#[test]
fn functions_get_the_settings_that_the_code_reads_and_no_others() {
    let template = Template::read();
    let sources = ["store/src/config.rs", "resolvers/src/main.rs", "processor/src/config.rs", "infra/README.md"];
    let sources: String = sources.into_iter().map(read).collect();
    let required = ["TABLE", "ORIGINALS_BUCKET", "RENDITIONS_BUCKET", "USER_POOL_ID", "CLIENT_ID"];
    for function in FUNCTIONS {
        let variables = template.properties(function)["Environment"]["Variables"].as_object().expect("variables");
        for name in required {
            assert!(variables.contains_key(&format!("MANTEL_{name}")), "{function} lacks MANTEL_{name}");
        }
        for name in variables.keys() {
            assert!(sources.contains(name.as_str()), "nothing reads {name}");
        }
    }
    assert!(template.properties("Resolvers")["Environment"]["Variables"].get("MANTEL_SITE_URL").is_some());
}

#[test]
fn what_is_secret_is_named_by_its_arn() {
    let template = Template::read();
    for (name, parameter) in template.section("Parameters") {
        let is_secret = ["Secret", "Password", "Token", "Key"].iter().any(|word| name.contains(word));
        let pattern = parameter["AllowedPattern"].as_str().unwrap_or_default();
        assert!(!is_secret || pattern.contains("arn:aws[a-z-]*:secretsmanager:"), "{name} takes more than an ARN");
        assert_eq!(parameter.get("NoEcho"), None, "{name} is a secret in the clear");
    }
}

#[test]
fn nothing_in_it_costs_while_nobody_looks() {
    let template = Template::read();
    let with_a_fee = [
        "AWS::EC2::",
        "AWS::RDS::",
        "AWS::KMS::",
        "AWS::ElastiCache::",
        "AWS::ElasticLoadBalancing",
        "AWS::WAFv2::",
        "AWS::SecretsManager::Secret",
        "AWS::Route53::HostedZone",
        "AWS::AppSync::ApiCache",
        "AWS::CloudFront::KeyValueStore",
    ];
    for (name, resource) in template.section("Resources") {
        let Some(ty) = resource["Type"].as_str() else { continue };
        assert!(!with_a_fee.iter().any(|fee| ty.starts_with(fee)), "{name} is a {ty}");
    }
    for function in FUNCTIONS {
        for fixed in ["VpcConfig", "ReservedConcurrentExecutions", "FileSystemConfigs", "SnapStart", "KmsKeyArn"] {
            assert_eq!(template.properties(function).get(fixed), None::<&Value>, "{function}: {fixed}");
        }
    }
}
