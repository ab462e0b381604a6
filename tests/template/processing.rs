//! The way of a file from the bucket to the processor.

use model::{
    MediaId,
    object_key::{OriginalsKey, Work},
};
use serde_json::Value;
use ulid::Ulid;

use super::document::{Template, list, named, texts};

const QUEUES: [(&str, &str); 2] = [("ProcessingQueue", "ProcessingSource"), ("ConversionQueue", "ConversionSource")];

/// Where the rules send an object with this key.
fn targets<'a>(template: &'a Template, key: &str) -> Vec<&'a str> {
    let rules = template.of_type("AWS::Events::Rule").into_iter().map(|(_, rule)| &rule["Properties"]);
    let matching = rules.filter(|rule| {
        let detail = &rule["EventPattern"]["detail"];
        assert_eq!(detail["bucket"]["name"][0]["Ref"], "OriginalsBucket");
        assert_eq!(texts(&rule["EventPattern"]["detail-type"]), ["Object Created"]);
        let mut prefixes = list(&detail["object"]["key"]).into_iter().filter_map(|pattern| pattern["prefix"].as_str());
        prefixes.any(|prefix| key.starts_with(prefix))
    });
    matching.map(|rule| named(&rule["Targets"][0]["Arn"])).collect()
}

#[test]
fn every_object_that_asks_for_work_goes_to_one_queue() {
    let template = Template::read();
    let id = MediaId::new(Ulid(7));
    let job = |work| OriginalsKey::Job(work, id, "x".to_owned()).to_string();
    assert_eq!(targets(&template, &OriginalsKey::Original(id).to_string()), ["ProcessingQueue.Arn"]);
    assert_eq!(targets(&template, &job(Work::Render)), ["ProcessingQueue.Arn"]);
    assert_eq!(targets(&template, &job(Work::Upright)), ["ProcessingQueue.Arn"]);
    assert_eq!(targets(&template, &job(Work::Convert)), ["ConversionQueue.Arn"]);
    assert_eq!(targets(&template, "jobs/backup/01"), ["Backup.Arn"]);
    assert_eq!(targets(&template, "elsewhere/x"), [""; 0]);
    let buckets = template.of_type("AWS::S3::Bucket").into_iter();
    let telling = buckets.filter(|(_, bucket)| bucket["Properties"].get("NotificationConfiguration").is_some());
    assert!(telling.map(|(name, _)| name).eq(["OriginalsBucket"]), "renditions trigger nothing");
}

#[test]
fn a_message_is_nobody_elses_while_the_function_may_have_it_and_ends_among_the_dead_letters() {
    let template = Template::read();
    let processor = template.properties("Processor");
    let timeout = processor["Timeout"].as_i64().expect("seconds");
    assert_eq!(timeout, 900, "converting takes what Lambda gives");
    for (queue, source) in QUEUES {
        let properties = template.properties(queue);
        assert!(properties["VisibilityTimeout"].as_i64().expect("seconds") > timeout, "{queue}");
        assert_eq!(properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"], "DeadLetters.Arn", "{queue}");
        assert_eq!(properties["RedrivePolicy"]["maxReceiveCount"], 5, "as local/src/events.rs has it");
        let mapping = template.properties(source);
        assert_eq!(named(&mapping["EventSourceArn"]), format!("{queue}.Arn"));
        assert_eq!(named(&mapping["FunctionName"]), "Processor");
        assert_eq!(texts(&mapping["FunctionResponseTypes"]), ["ReportBatchItemFailures"]);
        assert!(mapping["ScalingConfig"]["MaximumConcurrency"].as_i64().expect("a number") >= 2, "{source}");
    }
    assert_eq!(template.properties("ConversionSource")["BatchSize"], 1, "films are converted one at a time");
    assert_eq!(template.properties("DeadLetters")["MessageRetentionPeriod"], 1_209_600);
}

#[test]
fn functions_run_what_is_packaged() {
    let template = Template::read();
    for (name, function) in template.of_type("AWS::Lambda::Function") {
        let function = &function["Properties"];
        assert_eq!(function["Runtime"], "provided.al2023", "{name}");
        assert_eq!(function["Architectures"][0]["Ref"], "Architecture", "{name}");
        assert_eq!(function["Code"]["S3Key"]["Ref"], format!("{name}Code"));
    }
    assert_eq!(template.section("Parameters")["Architecture"]["Default"], "arm64");
}

#[test]
fn schedules_send_what_the_functions_take() {
    let template = Template::read();
    let schedules = template.of_type("AWS::Scheduler::Schedule");
    let mut sent: Vec<(&str, Value)> = schedules
        .iter()
        .map(|(_, schedule)| {
            let target = &schedule["Properties"]["Target"];
            assert_eq!(named(&target["RoleArn"]), "ScheduleRole.Arn");
            let input = serde_json::from_str(target["Input"].as_str().expect("a text")).expect("JSON");
            (named(&target["Arn"]), input)
        })
        .collect();
    sent.sort_by_key(|(function, input)| format!("{function} {input}"));
    let wanted = [
        ("Backup.Arn", "backup"),
        ("Backup.Arn", "drill"),
        ("Processor.Arn", "integrity"),
        ("Processor.Arn", "reconcile"),
    ];
    assert_eq!(sent, wanted.map(|(function, what)| (function, serde_json::json!({ what: {} }))));
}
