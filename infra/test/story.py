"""Deploys the template on MiniStack, and uses what came of it: see infra/test/run.sh, which starts it.

The real binaries run as Lambda functions there, with the rights that the template gives them and no others.
"""

import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from subprocess import PIPE, STDOUT

from world import ROOT, World, denial, wait_for

PICTURE = (ROOT / "docs/screenshots/phone-gallery.jpg").read_bytes()
OTHER_PICTURE = (ROOT / "docs/screenshots/desktop-gallery.jpg").read_bytes()
STEPS = []


def step(function):
    """A part of the story; its docstring is its name."""
    STEPS.append(function)
    return function


class Story:
    """What the parts tell each other."""

    def __init__(self, endpoint, region, work, packages):
        self.world = World(endpoint, region, "mantel")
        self.work, self.packages = pathlib.Path(work), packages
        self.architecture = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
        self.template = self.adapted((ROOT / "infra/template.yaml").read_text(), "template.yaml")

    def adapted(self, template, name):
        adapt = [sys.executable, ROOT / "infra/test/for_ministack.py", self.world.endpoint]
        file = self.work / name
        file.write_text(subprocess.run(adapt, input=template, text=True, check=True, capture_output=True).stdout)
        return file

    def does_as_the_readme_says(self, heading, blocks=slice(None)):
        """Runs the commands of a section of infra/README.md as they stand there, or some blocks of them: what they said.

        `deploy.sh` gets the packages and the template of this test, and nothing is fetched by git.
        """
        section = (ROOT / "infra/README.md").read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
        commands = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
        assert commands, f"{heading} has no commands"
        given = f"--arch {self.architecture} --packages {self.packages} --template {self.template}"
        around = f"""
            set -euo pipefail
            function infra/deploy.sh {{ command infra/deploy.sh {given} "$@"; }}
            function infra/ffmpeg-layer.sh {{ command infra/ffmpeg-layer.sh {self.architecture}; }}
            function git {{ :; }}
            # Version 1 of the CLI looks for queues at Amazon, whatever AWS_ENDPOINT_URL says.
            function aws {{ command aws $([ "$1" != sqs ] || echo --endpoint-url "$AWS_ENDPOINT_URL") "$@"; }}
        """
        # Where the layer is looked for.
        environment = {**os.environ, "CARGO_TARGET_DIR": str(self.work)}
        said = ""
        for block in commands[blocks]:
            done = subprocess.run(
                ["bash", "-c", around + block], cwd=ROOT, env=environment, text=True, stdout=PIPE, stderr=STDOUT
            )
            assert done.returncode == 0, f"{block}\n{done.stdout}"
            said += done.stdout
        return said

    def deploy(self, *options, template=None):
        command = [ROOT / "infra/deploy.sh", "--arch", self.architecture, "--packages", self.packages]
        command += ["--template", template or self.template, *options]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


@step
def a_dry_run_shows_what_would_come_and_leaves_nothing(story):
    code, said = story.deploy("--dry-run")
    assert code == 0, said
    assert "AWS::DynamoDB::Table" in said and "nothing was changed" in said, said
    cloudformation = story.world.client("cloudformation")
    assert denial(cloudformation.describe_stacks, StackName="mantel") == "ValidationError"


@step
def an_account_becomes_a_running_site_as_the_readme_says(story):
    said = story.does_as_the_readme_says("From an account to a running site")
    assert f"The site is at {story.world.outputs()['SiteUrl']}" in said, said
    assert "Only looked: nothing was changed." in said, said
    story.passwords = dict(re.findall(r"^\s*(admin|family)\s+(\S+)", said, re.MULTILINE))
    assert set(story.passwords) == {"admin", "family"}, said


@step
def bringing_it_up_to_date_changes_nothing_where_nothing_is_new(story):
    said = story.does_as_the_readme_says("Bringing it up to date")
    assert "\nnothing\n" in said, said
    for password in story.passwords.values():
        assert password not in said


@step
def what_was_given_once_is_kept(story):
    code, said = story.deploy("--parameter", "EnableAppSync=true")
    assert code == 0, said
    parameters = story.world.client("cloudformation").describe_stacks(StackName="mantel")["Stacks"][0]["Parameters"]
    kept = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in parameters}
    assert (kept["EnableAppSync"], kept["AlarmEmail"]) == ("true", "you@example.org"), kept


@step
def the_site_tells_pages_from_files_and_sends_its_headers(story):
    site = story.world.site
    index = (ROOT / "client/web/dist/index.html").read_bytes()
    # S3 says 404 to whoever may list; MiniStack's CloudFront does not ask whether that is so.
    missing = (403, 404)
    for page in ("/", "/gallery/gal_1/med_2", "/share", "/assets"):
        status, headers, content = site("GET", page)
        assert (status, content) == (200, index), f"{page}: {status}"
        assert headers["cache-control"] == "no-cache" and headers["content-type"].startswith("text/html"), headers
    policy, outputs = headers["content-security-policy"], story.world.outputs()
    for bucket in ("OriginalsBucketName", "RenditionsBucketName"):
        assert f"https://{outputs[bucket]}.s3.{story.world.region}.amazonaws.com" in policy, policy
    for name, value in {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "strict-transport-security": "max-age=31536000",
    }.items():
        assert headers[name] == value, f"{name}: {headers.get(name)}"
    script = next((ROOT / "client/web/dist/assets").glob("*.js"))
    status, headers, content = site("GET", f"/assets/{script.name}")
    assert (status, content) == (200, script.read_bytes())
    assert headers["cache-control"] == "public, max-age=31536000, immutable", headers
    assert headers["content-type"] == "text/javascript; charset=utf-8", headers
    assert site("GET", "/assets/missing.js")[0] in missing
    assert site("GET", "/sources.sha256")[0] in missing
    assert json.loads(site("GET", "/config.json")[2])["graphql"] == "/graphql"
    status, headers, _ = site("POST", "/share", body=b"shared")
    assert (status, headers["location"]) == (303, "/share")
    status, headers, _ = site("GET", "/", {"X-Forwarded-Proto": "http"})
    assert status == 301 and headers["location"].startswith("https://"), headers


@step
def the_bucket_of_the_site_is_open_to_nobody_but_cloudfront(story):
    bucket = story.world.outputs()["SiteBucketName"]
    assert story.world.request("GET", f"{story.world.endpoint}/{bucket}/index.html")[0] == 403


@step
def people_sign_in_by_password_and_by_no_other(story):
    options = story.world.run("sign-in-options")["signInOptions"]
    story.tokens = {}
    for option in options:
        role = option["label"].lower()
        right = {"optionId": option["id"], "password": story.passwords[role]}
        wrong = story.world.run("sign-in", input={**right, "password": "not-the-password"})["signIn"]
        assert wrong["session"] is None and wrong["userErrors"][0]["code"] == "WRONG_PASSWORD", wrong
        story.tokens[role] = story.world.run("sign-in", input=right)["signIn"]["session"]["accessToken"]
    assert story.world.run("viewer", story.tokens["admin"])["viewer"]["role"] == "ADMIN"
    assert story.world.run("viewer", story.tokens["family"])["viewer"]["role"] == "VISITOR"
    body, signature = story.tokens["admin"].rsplit(".", 1)
    forged = f"{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    assert story.world.refusal("viewer", forged) == "UNAUTHENTICATED"


@step
def a_photo_is_uploaded_processed_by_the_queue_and_shown(story):
    admin, world = story.tokens["admin"], story.world
    new = {"title": "Summer", "visibility": "FAMILY"}
    story.gallery = world.run("create-gallery", admin, input=new)["createGallery"]["gallery"]["id"]
    story.media = world.upload(admin, story.gallery, "one.jpg", "image/jpeg", PICTURE)
    world.when_ready(admin, story.media)
    page = world.run("gallery", story.tokens["family"], id=story.gallery)["gallery"]
    shown = [edge["node"] for edge in page["media"]["edges"]]
    assert [node["id"] for node in shown] == [story.media] and page["mediaCount"] == 1
    status, headers, thumbnail = world.request("GET", shown[0]["thumbnail"]["url"])
    assert status == 200 and thumbnail[:3] == b"\xff\xd8\xff" and headers["content-type"] == "image/jpeg"
    original = world.run("media", admin, id=story.media)["media"]["original"]["url"]
    status, headers, content = world.request("GET", original)
    assert (status, content) == (200, PICTURE) and 'filename="one.jpg"' in headers["content-disposition"]


@step
def a_large_file_comes_in_parts(story):
    large = OTHER_PICTURE + bytes(17 * 1024 * 1024)
    media = story.world.upload(story.tokens["admin"], story.gallery, "large.jpg", "image/jpeg", large)
    found = story.world.when_ready(story.tokens["admin"], media)
    assert found["sizeBytes"] == len(large)
    story.large = media


@step
def a_film_is_converted_from_a_queue_of_its_own(story):
    if shutil.which("ffmpeg") is None:
        print("    skipped: there is no ffmpeg here")
        return
    film = story.work / "film.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=1"]
    subprocess.run(["ffmpeg", "-v", "error", *source, "-c:v", "mpeg4", film], check=True)
    media = story.world.upload(story.tokens["admin"], story.gallery, "film.mp4", "video/mp4", film.read_bytes())
    story.world.when_ready(story.tokens["admin"], media)

    def converted():
        return story.world.run("media", story.tokens["family"], id=media)["media"]["playback"]

    playback = wait_for("the film to be converted", converted)
    status, headers, content = story.world.request("GET", playback["url"])
    assert status == 200 and headers["content-type"] == "video/mp4" and content[4:8] == b"ftyp"
    story.world.run("delete-media", story.tokens["admin"], input={"ids": [media], "permanently": True})


@step
def nothing_is_left_in_the_queues_and_no_job_lies_around(story):
    world, sqs = story.world, story.world.client("sqs")
    for name in ("ProcessingQueue", "ConversionQueue", "DeadLetters"):

        def is_empty(queue=world.resource(name)):
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
            return True if set(counts.values()) == {"0"} else None

        wait_for(f"{name} to be empty", is_empty)


@step
def the_family_comments_and_changes_nothing_else(story):
    family, admin, world = story.tokens["family"], story.tokens["admin"], story.world
    said = world.run("add-comment", family, input={"mediaId": story.media, "text": "How big she is!"})["addComment"]
    assert said["userErrors"] == []
    comments = world.run("media-comments", admin, id=story.media)["media"]["comments"]["edges"]
    assert [edge["node"]["text"] for edge in comments] == ["How big she is!"]
    private = {"title": "Private", "visibility": "PRIVATE"}
    hidden = world.run("create-gallery", admin, input=private)["createGallery"]["gallery"]["id"]
    assert world.run("gallery", family, id=hidden)["gallery"] is None
    assert world.refusal("create-gallery", family, input=private) == "FORBIDDEN"
    assert world.refusal("users", family) == "FORBIDDEN"
    erased = world.run("delete-media", family, input={"ids": [story.media], "permanently": True})["deleteMedia"]
    assert erased["mediaIds"] == [] and erased["userErrors"][0]["code"] == "FORBIDDEN", erased
    assert world.refusal("galleries") == "UNAUTHENTICATED"


@step
def a_presigned_address_opens_one_object_and_for_a_while(story):
    world, outputs = story.world, story.world.outputs()
    url = world.run("media", story.tokens["family"], id=story.media)["media"]["preview"]["url"]
    assert world.request("GET", url)[0] == 200
    other_media = url.replace(story.media, story.large)
    other_name = url.replace("/preview?", "/thumbnail?")
    other_bucket = url.replace(outputs["RenditionsBucketName"], outputs["OriginalsBucketName"])
    other_prefix = url.replace(f"/{story.media}/", "/originals/")
    bare = url.split("?")[0]
    longer = url.replace("X-Amz-Expires=7200", "X-Amz-Expires=72000")
    for altered in (other_media, other_name, other_bucket, other_prefix, bare, longer):
        assert altered != url and world.request("GET", altered)[0] == 403, altered
    for method in ("PUT", "DELETE"):
        assert world.request(method, url, body=b"")[0] == 403, method
    # What the API signs is good for two hours from the start of its hour: this is how one looks two hours later.
    late = world.client("s3", world.as_role("ResolversRole"))
    bucket, key = bare.removeprefix(f"{world.endpoint}/").split("/", 1)
    named = {"Params": {"Bucket": bucket, "Key": key}}
    assert world.request("GET", late.generate_presigned_url("get_object", ExpiresIn=60, **named))[0] == 200
    expired = late.generate_presigned_url("get_object", ExpiresIn=1, **named)

    def is_over():
        status, _, said = world.request("GET", expired)
        return said if status == 403 else None

    assert b"expired" in wait_for("the address to expire", is_over)


@step
def an_upload_takes_the_announced_bytes_alone(story):
    world, admin = story.world, story.tokens["admin"]
    announced = {"galleryId": story.gallery, "fileName": "x.jpg", "contentType": "image/jpeg", "sizeBytes": 5}
    digest = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="  # of "hello"
    ticket = world.run("request-upload", admin, input={**announced, "sha256": digest})["requestUpload"]["ticket"]
    part = ticket["parts"][0]
    headers = {header["name"]: header["value"] for header in part["headers"]}
    assert world.request("PUT", part["url"], headers, b"jello")[0] == 400, "other bytes of that length"
    assert world.request("PUT", part["url"], headers, b"hello!")[0] == 403, "another length"
    elsewhere = part["url"].replace(ticket["mediaId"], story.media)
    assert world.request("PUT", elsewhere, headers, b"hello")[0] == 403, "over another original"
    world.run("cancel-upload", admin, input={"mediaId": ticket["mediaId"]})


@step
def each_role_is_refused_what_its_code_does_not_do(story):
    world, outputs = story.world, story.world.outputs()
    originals, renditions = outputs["OriginalsBucketName"], outputs["RenditionsBucketName"]
    backup, site = outputs["BackupBucketName"], outputs["SiteBucketName"]
    original, table, pool = f"originals/{story.media}", outputs["TableName"], outputs["UserPoolId"]
    world.client("s3").put_object(Bucket=backup, Key="blobs/kept", Body=b"kept")
    version = world.client("s3").head_object(Bucket=originals, Key=original)["VersionId"]
    key = {"PK": {"S": "x"}, "SK": {"S": "x"}}
    tried = 0
    for role in ("ResolversRole", "ProcessorRole", "BackupRole"):
        credentials = world.as_role(role)
        s3, dynamodb = world.client("s3", credentials), world.client("dynamodb", credentials)
        cognito, functions = world.client("cognito-idp", credentials), world.client("lambda", credentials)
        allowed = [(s3.get_object, {"Bucket": originals, "Key": original})]
        refused = [
            # Nobody can take bytes away for good, open a bucket, or take the locks off the backup.
            (s3.delete_object, {"Bucket": originals, "Key": original, "VersionId": version}),
            (s3.delete_object, {"Bucket": backup, "Key": "blobs/kept"}),
            (s3.put_object_retention, {"Bucket": backup, "Key": "blobs/kept", "Retention": {"Mode": "GOVERNANCE"}}),
            (s3.delete_bucket, {"Bucket": originals}),
            (s3.put_bucket_policy, {"Bucket": originals, "Policy": "{}"}),
            (s3.put_bucket_versioning, {"Bucket": originals, "VersioningConfiguration": {"Status": "Suspended"}}),
            (s3.put_bucket_lifecycle_configuration, {"Bucket": originals, "LifecycleConfiguration": {"Rules": []}}),
            (s3.put_object, {"Bucket": site, "Key": "index.html", "Body": b"x"}),
            (s3.list_buckets, {}),
            (dynamodb.delete_table, {"TableName": table}),
            (dynamodb.update_table, {"TableName": table, "DeletionProtectionEnabled": False}),
            (cognito.delete_user_pool, {"UserPoolId": pool}),
            (cognito.admin_delete_user, {"UserPoolId": pool, "Username": "family"}),
            (functions.invoke, {"FunctionName": "mantel-resolvers", "Payload": b"{}"}),
            (functions.update_function_configuration, {"FunctionName": "mantel-resolvers", "Timeout": 3}),
            (world.client("iam", credentials).list_roles, {}),
        ]
        write = {"Body": b"x"}
        if role != "ResolversRole":
            refused += [
                (s3.put_object, {"Bucket": originals, "Key": original, **write}),
                (s3.delete_object, {"Bucket": originals, "Key": original}),
                (cognito.admin_set_user_password, {"UserPoolId": pool, "Username": "family", "Password": "12345678"}),
                (cognito.admin_add_user_to_group, {"UserPoolId": pool, "Username": "family", "GroupName": "admin"}),
            ]
        if role != "ProcessorRole":
            refused += [(s3.put_object, {"Bucket": renditions, "Key": f"{story.media}/r2-0/preview", **write})]
        if role != "BackupRole":
            refused += [
                (s3.get_object, {"Bucket": backup, "Key": "blobs/kept"}),
                (s3.put_object, {"Bucket": backup, "Key": "blobs/kept", **write}),
                (s3.list_objects_v2, {"Bucket": backup}),
                (cognito.list_users, {"UserPoolId": pool}),
            ]
        if role == "ResolversRole":
            allowed += [(dynamodb.get_item, {"TableName": table, "Key": key})]
            refused += [(dynamodb.scan, {"TableName": table})]
        elif role == "ProcessorRole":
            allowed += [(dynamodb.scan, {"TableName": table, "Limit": 1})]
            refused += [(s3.put_object, {"Bucket": originals, "Key": "jobs/backup/x", **write})]
        else:
            allowed += [(s3.get_object, {"Bucket": backup, "Key": "blobs/kept"})]
            refused += [
                (dynamodb.delete_item, {"TableName": table, "Key": key}),
                (s3.get_object, {"Bucket": renditions, "Key": f"{story.media}/r2-0/preview"}),
            ]
        for call, arguments in allowed:
            assert denial(call, **arguments) is None, f"{role} may not {call.__name__}: {denial(call, **arguments)}"
        for call, arguments in refused:
            code = denial(call, **arguments)
            assert code and code.startswith("AccessDenied"), f"{role}: {call.__name__} {arguments}: {code}"
        tried += len(refused)
    print(f"    {tried} calls were tried and refused")


@step
def a_version_of_the_backup_is_locked_for_the_account_itself(story):
    s3, bucket = story.world.client("s3"), story.world.outputs()["BackupBucketName"]
    # As the template has it, whose lock MiniStack leaves out.
    retention = {"Mode": "GOVERNANCE", "Days": 180}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
    s3.put_object(Bucket=bucket, Key="blobs/kept", Body=b"kept")
    version = s3.head_object(Bucket=bucket, Key="blobs/kept")["VersionId"]
    assert denial(s3.delete_object, Bucket=bucket, Key="blobs/kept", VersionId=version) == "AccessDenied"


@step
def appsync_answers_by_the_same_function_and_rules(story):
    admin, family, world = story.tokens["admin"], story.tokens["family"], story.world
    status, answer = world.appsync("viewer", family)
    assert status == 200 and answer["data"]["viewer"]["role"] == "VISITOR", answer
    status, answer = world.appsync("gallery", family, id=story.gallery)
    by_http = world.run("gallery", family, id=story.gallery)
    assert answer.get("errors") is None, answer["errors"]
    assert ids_of(answer["data"]) == ids_of(by_http) != []
    assert answer["data"]["gallery"]["viewerCan"] == by_http["gallery"]["viewerCan"], "a field of its own"
    new = {"title": "By AppSync", "visibility": "FAMILY"}
    status, answer = world.appsync("create-gallery", admin, input=new)
    assert answer["data"]["createGallery"]["gallery"]["title"] == "By AppSync", answer
    status, answer = world.appsync("create-gallery", family, input=new)
    assert answer.get("errors") and not (answer.get("data") or {}).get("createGallery"), answer
    status, answer = world.appsync("viewer")
    assert status == 401 and answer.get("errors"), answer


@step
def functions_tell_appsync_of_events_and_may_do_nothing_else_there(story):
    world = story.world
    event = f'input: {{ galleryId: "{story.gallery}", mediaId: "{story.media}", status: READY }}'
    media = f"mutation {{ publishMediaEvent({event}) {{ mediaId }} }}"
    event = f'input: {{ mediaId: "{story.media}", commentId: "com_x", kind: ADDED }}'
    comment = f"mutation {{ publishCommentEvent({event}) {{ mediaId }} }}"
    create = 'mutation { createGallery(input: { title: "x", visibility: FAMILY }) { gallery { id } } }'
    for role in ("ResolversRole", "ProcessorRole"):
        credentials = world.as_role(role)
        data, errors = world.appsync_signed(credentials, media)
        assert (data, errors) == ({"publishMediaEvent": {"mediaId": story.media}}, []), (data, errors)
        refused = [create, "{ viewer { id } }"] + ([comment] if role == "ProcessorRole" else [])
        for query in refused:
            data, errors = world.appsync_signed(credentials, query)
            assert not any((data or {}).values()) and errors, f"{role}: {query}: {data}"


def ids_of(data):
    return [edge["node"]["id"] for edge in data["gallery"]["media"]["edges"]]


@step
def what_schedules_send_is_taken_by_the_functions(story):
    world = story.world
    scheduler, functions = world.client("scheduler"), world.client("lambda")
    found = {}
    for summary in scheduler.list_schedules()["Schedules"]:
        schedule = scheduler.get_schedule(Name=summary["Name"])
        target = schedule["Target"]
        found[(target["Arn"].rsplit(":", 1)[1], target["Input"])] = schedule["ScheduleExpression"]
    for (function, payload), expression in found.items():
        answer = functions.invoke(FunctionName=function, Payload=payload.encode())
        said = answer["Payload"].read().decode()
        assert "FunctionError" not in answer, f"{function} {payload}: {said}"
        print(f"    {function} {payload}, {expression}: {said[:160]}")
    assert len(found) == 4, found


@step
def a_change_of_the_template_loses_nothing(story):
    template = (ROOT / "infra/template.yaml").read_text()
    changed = template.replace("MemorySize: 512", "MemorySize: 768").replace("NoncurrentDays: 90", "NoncurrentDays: 60")
    assert changed != template
    before = story.world.outputs()
    code, said = story.deploy("--parameter", "LogDays=14", template=story.adapted(changed, "changed.yaml"))
    assert code == 0, said
    after = story.world.outputs()
    assert after == before
    page = story.world.run("gallery", story.tokens["family"], id=story.gallery)
    assert sorted(ids_of(page)) == sorted([story.media, story.large])
    original = story.world.run("media", story.tokens["admin"], id=story.media)["media"]["original"]["url"]
    assert story.world.request("GET", original)[2] == PICTURE
    configuration = story.world.client("lambda").get_function_configuration(FunctionName="mantel-resolvers")
    assert configuration["MemorySize"] == 768
    groups = story.world.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/mantel-")["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {14}, groups


@step
def what_would_replace_or_remove_what_is_stored_is_refused(story):
    template = (ROOT / "infra/template.yaml").read_text()
    cases = {
        "OriginalsBucket": ("${AWS::StackName}-originals-", "${AWS::StackName}-photos-"),
        "Table": ("- { AttributeName: PK, KeyType: HASH }", "- { AttributeName: SK, KeyType: HASH }"),
    }
    for name, (old, new) in cases.items():
        assert old in template
        code, said = story.deploy(template=story.adapted(template.replace(old, new), f"no-{name}.yaml"))
        assert code == 1 and f"{name} (" in said and "Nothing was changed" in said, said
    page = story.world.run("gallery", story.tokens["family"], id=story.gallery)
    assert sorted(ids_of(page)) == sorted([story.media, story.large])


@step
def erasing_for_good_needs_nothing_that_the_role_has_not(story):
    world, admin, s3 = story.world, story.tokens["admin"], story.world.client("s3")
    done = world.run("delete-media", admin, input={"ids": [story.large], "permanently": True})["deleteMedia"]
    assert done["userErrors"] == [] and done["mediaIds"] == [story.large], done
    outputs = world.outputs()
    original = {"Bucket": outputs["OriginalsBucketName"], "Key": f"originals/{story.large}"}
    assert denial(s3.head_object, **original) == "404"
    versions = s3.list_object_versions(Bucket=original["Bucket"], Prefix=original["Key"])
    assert len(versions["Versions"]) == 1, "its bytes are there for another 30 days, for whoever has the account"
    left = s3.list_objects_v2(Bucket=outputs["RenditionsBucketName"], Prefix=story.large)
    assert left["KeyCount"] == 0


@step
def no_function_logged_a_fault(story):
    logs = story.world.client("logs")
    for function in ("resolvers", "processor", "backup"):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/mantel-{function}")
        lines = [event["message"] for page in pages for event in page["events"]]
        assert lines or function == "backup", f"{function} logged nothing at all"
        # An event that nobody answers for in two seconds is lost on purpose: a busy machine may be slower.
        lost = [line for line in lines if "could not be told of" in line and "no answer in time" not in line]
        faults = lost + [line for line in lines if '"level":"ERROR"' in line]
        assert faults == [], faults[:5]


@step
def what_to_do_when_an_alarm_comes_works_as_the_readme_says(story):
    letters = story.world.resource("DeadLetters")
    story.world.client("sqs").send_message(QueueUrl=letters, MessageBody="a letter")
    said = story.does_as_the_readme_says("When an alarm comes")
    assert re.search(r"ATTRIBUTES\t1\tarn:aws:sqs:", said), said


@step
def a_name_of_ones_own_as_the_readme_says(story):
    said = story.does_as_the_readme_says("A name of your own")
    assert "The site is at https://photos.example.org" in said, said
    assert f"CNAME record of {story.world.outputs()['SiteTarget']}" in said, said
    status, _, content = story.world.site("GET", "/")
    assert (status, content) == (200, (ROOT / "client/web/dist/index.html").read_bytes())
    cors = story.world.client("s3").get_bucket_cors(Bucket=story.world.outputs()["OriginalsBucketName"])
    assert cors["CORSRules"][0]["AllowedOrigins"] == ["https://photos.example.org"], cors


@step
def removing_it_keeps_what_is_stored_until_it_is_erased_as_the_readme_says(story):
    world = story.world
    outputs, s3 = world.outputs(), world.client("s3")
    wrong = subprocess.run([ROOT / "infra/remove.sh", "--erase", "mantle"], capture_output=True, text=True)
    assert wrong.returncode == 1 and "nothing was removed" in wrong.stderr, wrong
    kept = story.does_as_the_readme_says("Removing it", slice(0, 1))
    assert outputs["TableName"] in kept and outputs["UserPoolId"] in kept, kept
    original = {"Bucket": outputs["OriginalsBucketName"], "Key": f"originals/{story.media}"}
    assert s3.get_object(**original)["Body"].read() == PICTURE
    assert world.client("dynamodb").scan(TableName=outputs["TableName"])["Count"] > 0
    said = story.does_as_the_readme_says("Removing it", slice(1, 2))
    assert "Nothing of mantel is left." in said, said
    assert s3.list_buckets()["Buckets"] == []
    assert world.client("dynamodb").list_tables()["TableNames"] == []
    assert world.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"] == []


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def start_ministack(work, region):
    """MiniStack on a port of its own, that checks signatures and rights. Its process, and its address."""
    port = free_port()
    endpoint = f"http://localhost:{port}"
    scratch = pathlib.Path(work, "scratch")
    scratch.mkdir()
    settings = {
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_SECRET_ACCESS_KEY": "test",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": "123456789012",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": region,
        "PATH": os.environ["PATH"],
        "TMPDIR": str(scratch),
    }
    with open(pathlib.Path(work, "ministack.log"), "w", encoding="utf-8") as log:
        # A session of its own, so that its functions end with it.
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=settings, stdout=log, stderr=log, start_new_session=True
        )

    def answers():
        assert process.poll() is None, pathlib.Path(work, "ministack.log").read_text()[-2000:]
        try:
            return World(endpoint, region, "").request("GET", f"{endpoint}/_ministack/health")
        except OSError:
            return None

    wait_for("MiniStack to start", answers)
    return process, endpoint


def tell(story):
    """Goes through all parts; whether all went well."""
    for done, part in enumerate(STEPS):
        begun = time.monotonic()
        try:
            part(story)
        except Exception:  # Whatever it was, it is told, and the story is over.
            traceback.print_exc()
            print(f"not ok {part.__name__.replace('_', ' ')}")
            print(f"{done} passed, 1 failed, {len(STEPS) - done - 1} skipped")
            return False
        print(f"ok {part.__name__.replace('_', ' ')} ({time.monotonic() - begun:.1f} s)", flush=True)
    print(f"{len(STEPS)} passed, 0 failed")
    return True


def main():
    work, packages, region = sys.argv[1], sys.argv[2], "eu-central-1"
    process, endpoint = start_ministack(work, region)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    os.environ.update(keys, AWS_DEFAULT_REGION=region, AWS_ENDPOINT_URL=endpoint)
    try:
        went_well = tell(Story(endpoint, region, work, packages))
        if not went_well:
            print("The end of MiniStack's log:", pathlib.Path(work, "ministack.log").read_text()[-5000:], sep="\n")
        return 0 if went_well else 1
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
