//! The site behind CloudFront, and the API behind it.

use serde_json::{Value, json};

use super::document::{Template, named};
use crate::support::Home;

#[tokio::test(flavor = "multi_thread")]
async fn the_site_sends_the_headers_that_mantel_sends() {
    let home = Home::open().await;
    let answer = home.http.get(home.url("/")).send().await.expect("the page");
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).expect(name).to_owned();
    let template = Template::read();
    let config = &template.properties("SiteHeaders")["ResponseHeadersPolicyConfig"];
    let security = &config["SecurityHeadersConfig"];

    let policy = &security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"];
    let media = format!("http://{}", home.system.media);
    assert_eq!(header("content-security-policy"), policy[0].as_str().expect("a text").replace("${Media}", &media));
    let hosts = policy[1]["Media"]["Fn::Sub"].as_array().expect("a text and what it names");
    let addresses =
        ["Originals", "Renditions"].map(|name| format!("https://${{{name}}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}"));
    assert_eq!(hosts[0], addresses.join(" "), "as store/src/presign.rs addresses the buckets");
    for (name, bucket) in [("Originals", "OriginalsBucket"), ("Renditions", "RenditionsBucket")] {
        assert_eq!(hosts[1][name], template.properties(bucket)["BucketName"]);
    }

    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(security["ContentTypeOptions"], json!({ "Override": true }));
    assert_eq!(security["ReferrerPolicy"]["ReferrerPolicy"], header("referrer-policy"));
    let custom = config["CustomHeadersConfig"]["Items"].as_array().expect("a list");
    for item in custom {
        assert_eq!(item["Value"], header(item["Header"].as_str().expect("a name")));
    }
    assert_eq!(custom.len(), 2);
    // What else mantel sends is about the file, or is said by CloudFront itself.
    let of_the_file = ["content-type", "content-length", "cache-control", "etag", "vary", "date", "content-encoding"];
    let of_the_policy = [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "cross-origin-opener-policy",
    ];
    for name in answer.headers().keys() {
        assert!(of_the_file.contains(&name.as_str()) || of_the_policy.contains(&name.as_str()), "{name} is not on AWS");
    }
}

fn behaviours(template: &Template) -> (&Value, Vec<&Value>) {
    let config = &template.properties("Distribution")["DistributionConfig"];
    (&config["DefaultCacheBehavior"], config["CacheBehaviors"].as_array().expect("a list").iter().collect())
}

#[test]
fn people_come_by_tls_and_get_the_headers_on_every_path_of_the_site() {
    let template = Template::read();
    let (first, others) = behaviours(&template);
    for behaviour in others.iter().copied().chain([first]) {
        let policy = behaviour["ViewerProtocolPolicy"].as_str().expect("a text");
        assert!(["redirect-to-https", "https-only"].contains(&policy), "{behaviour}");
        if behaviour["TargetOriginId"] == "site" {
            assert_eq!(behaviour["ResponseHeadersPolicyId"]["Ref"], "SiteHeaders");
            assert_eq!(behaviour["FunctionAssociations"][0]["FunctionARN"]["Fn::GetAtt"], "SiteRoutes.FunctionARN");
        }
    }
    let paths: Vec<&str> = others.iter().filter_map(|behaviour| behaviour["PathPattern"].as_str()).collect();
    assert_eq!(paths, ["/graphql", "/share"]);
}

#[test]
fn answers_of_the_api_are_kept_for_nobody() {
    let template = Template::read();
    let (_, others) = behaviours(&template);
    // CloudFront's own CachingDisabled.
    assert_eq!(others[0]["CachePolicyId"], "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    let errors = template.properties("Distribution")["DistributionConfig"]["CustomErrorResponses"].as_array();
    for error in errors.expect("a list") {
        assert_eq!(error["ErrorCachingMinTTL"], 0);
    }
}

#[test]
fn the_bucket_of_the_site_is_read_by_this_distribution_alone() {
    let template = Template::read();
    let access = &template.properties("SiteAccess")["OriginAccessControlConfig"];
    assert_eq!(access["SigningBehavior"], "always");
    let statements = template.properties("SitePolicy")["PolicyDocument"]["Statement"].as_array().expect("a list");
    for statement in statements.iter().filter(|statement| statement["Effect"] == "Allow") {
        assert_eq!(statement["Principal"]["Service"], "cloudfront.amazonaws.com");
        let source = &statement["Condition"]["StringEquals"]["aws:SourceArn"];
        assert!(named(source).ends_with("distribution/${Distribution}"), "{source}");
    }
}

#[test]
fn the_gateway_has_one_open_route_and_lets_nobody_run_up_a_bill() {
    let template = Template::read();
    let routes = template.of_type("AWS::ApiGatewayV2::Route");
    assert_eq!(routes.len(), 1);
    let route = &routes[0].1["Properties"];
    assert_eq!((&route["RouteKey"], &route["AuthorizationType"]), (&json!("ANY /graphql"), &json!("NONE")));
    let settings = &template.properties("HttpApiStage")["DefaultRouteSettings"];
    assert!(settings["ThrottlingRateLimit"].as_i64().expect("a number") <= 100);
    assert!(settings["ThrottlingBurstLimit"].as_i64().expect("a number") <= 200);
    assert_eq!(template.properties("HttpApiIntegration")["PayloadFormatVersion"], "2.0");
}
