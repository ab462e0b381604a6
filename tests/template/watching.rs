//! Logs, alarms and the budget.

use serde_json::json;

use super::document::{Template, named};

#[test]
fn every_function_logs_where_logs_end_some_day() {
    let template = Template::read();
    for (name, function) in template.of_type("AWS::Lambda::Function") {
        let group = named(&function["Properties"]["LoggingConfig"]["LogGroup"]);
        let properties = template.properties(group);
        assert_eq!(properties["RetentionInDays"]["Ref"], "LogDays", "{name}");
        let function_name = named(&function["Properties"]["FunctionName"]);
        assert_eq!(named(&properties["LogGroupName"]), format!("/aws/lambda/{function_name}"));
    }
}

#[test]
fn there_are_as_many_alarms_as_cost_nothing_and_all_tell_somebody() {
    let template = Template::read();
    let alarms = template.of_type("AWS::CloudWatch::Alarm");
    assert!(alarms.len() <= 10, "AWS charges for more than ten");
    for (name, alarm) in &alarms {
        assert_eq!(alarm["Properties"]["AlarmActions"], json!([{ "Ref": "Alarms" }]), "{name}");
    }
    for (function, metric) in [
        ("Resolvers", "Errors"),
        ("Processor", "Errors"),
        ("Backup", "Errors"),
        ("Resolvers", "Throttles"),
        ("Processor", "Throttles"),
    ] {
        let watches = alarms.iter().any(|(_, alarm)| {
            let alarm = &alarm["Properties"];
            alarm["MetricName"] == metric && named(&alarm["Dimensions"][0]["Value"]) == function
        });
        assert!(watches, "nobody watches {metric} of {function}");
    }
}

#[test]
fn a_backup_that_does_not_run_is_as_bad_as_one_that_fails() {
    let template = Template::read();
    let age = template.properties("BackupAgeAlarm");
    assert_eq!((&age["Namespace"], &age["MetricName"]), (&json!("Mantel"), &json!("BackupAge")));
    assert_eq!(age["TreatMissingData"], "breaching");
    let [period, periods, threshold] =
        ["Period", "EvaluationPeriods", "Threshold"].map(|name| age[name].as_i64().expect("a number"));
    // A backup runs once a day and takes a while, so a little more than a day.
    assert_eq!((period * periods, threshold), (26 * 3_600, 26), "seconds, and hours");
}

#[test]
fn whoever_pays_hears_before_it_is_dear() {
    let template = Template::read();
    let budget = template.properties("Budget");
    assert_eq!(budget["Budget"]["BudgetLimit"], json!({ "Amount": { "Ref": "MonthlyBudget" }, "Unit": "USD" }));
    for told in budget["NotificationsWithSubscribers"].as_array().expect("a list") {
        assert_eq!(told["Subscribers"][0]["Address"]["Ref"], "AlarmEmail");
    }
}
