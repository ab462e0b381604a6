"""What the test does with an installation: as people do it, by HTTP; as AWS does it, by its API."""

import base64
import hashlib
import http.client
import json
import pathlib
import time
from urllib.parse import urlsplit

import botocore.exceptions
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A busy machine may be slow; what is waited for comes in a second or two otherwise.
PATIENCE_SECONDS = 90


def wait_for(what, ask):
    """Asks again until there is an answer that is not None."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = ask()
        if answer is not None:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE_SECONDS} s for {what}")


class World:
    """An installation on MiniStack."""

    def __init__(self, endpoint, region, stack):
        self.endpoint, self.region, self.stack = endpoint, region, stack

    def client(self, service, credentials=None):
        """A client of AWS: of the account itself, or of a role whose credentials are given."""
        session = botocore.session.get_session()
        keys = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test", "SessionToken": None}
        return session.create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def outputs(self):
        """What the stack says of itself, by name."""
        stack = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def resource(self, name):
        """The physical id of a resource of the template."""
        found = self.client("cloudformation").describe_stack_resource(StackName=self.stack, LogicalResourceId=name)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def request(self, method, url, headers=None, body=None):
        """Status, headers and body of one answer, redirects not followed."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE_SECONDS)
        path = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def site(self, method, path, headers=None, body=None):
        """Asks the site, by CloudFront, as if by TLS."""
        headers = {"Host": self.outputs()["SiteTarget"], "X-Forwarded-Proto": "https", **(headers or {})}
        return self.request(method, self.endpoint + path, headers, body)

    def run(self, operation, token=None, **variables):
        """Runs one of the documents that clients send, and gives its data."""
        answer = self.answer(operation, token, **variables)
        assert "errors" not in answer, f"{operation}: {answer['errors']}"
        return answer["data"]

    def refusal(self, operation, token=None, **variables):
        """The code with which one of the documents is refused."""
        answer = self.answer(operation, token, **variables)
        assert answer.get("errors"), f"{operation} was not refused: {answer}"
        return answer["errors"][0]["extensions"]["code"]

    def answer(self, operation, token=None, **variables):
        body = {"query": document(operation), "variables": variables}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        status, _, content = self.site("POST", "/graphql", headers, json.dumps(body))
        assert status in (200, 401), f"{operation}: {status} {content[:500]}"
        return json.loads(content)

    def appsync(self, operation, token=None, **variables):
        """Runs a document by AppSync."""
        api = urlsplit(self.outputs()["AppSyncUrl"]).hostname.split(".")[0]
        headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
        body = json.dumps({"query": document(operation), "variables": variables})
        status, _, content = self.request("POST", f"{self.endpoint}/v1/apis/{api}/graphql", headers, body)
        return status, json.loads(content)

    def appsync_signed(self, credentials, query):
        """Runs a query by AppSync with the key of a role: data, and the types of errors."""
        api = urlsplit(self.outputs()["AppSyncUrl"]).hostname.split(".")[0]
        url = f"{self.endpoint}/v1/apis/{api}/graphql"
        body = json.dumps({"query": query})
        request = AWSRequest("POST", url, {"Content-Type": "application/json"}, body)
        keys = (credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        SigV4Auth(Credentials(*keys), "appsync", self.region).add_auth(request)
        answer = json.loads(self.request("POST", url, dict(request.headers), body)[2])
        return answer.get("data"), [error["errorType"] for error in answer.get("errors", [])]

    def upload(self, token, gallery, name, content_type, content):
        """Uploads a file as the web client does, and gives the id of its record."""
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        announced = {"galleryId": gallery, "fileName": name, "contentType": content_type, "sizeBytes": len(content)}
        payload = self.run("request-upload", token, input={**announced, "sha256": digest})["requestUpload"]
        assert payload["userErrors"] == [], payload["userErrors"]
        ticket = payload["ticket"]
        for part in ticket["parts"]:
            piece = content[int(part["offset"]) : int(part["offset"] + part["length"])]
            headers = {header["name"]: header["value"] for header in part["headers"]}
            status, _, answer = self.request(part["method"], part["url"], headers, piece)
            assert status == 200, f"part {part['partNumber']}: {status} {answer[:500]}"
        finished = self.run("finish-upload", token, input={"mediaId": ticket["mediaId"]})["finishUpload"]
        assert finished["userErrors"] == [], finished["userErrors"]
        return ticket["mediaId"]

    def when_ready(self, token, media):
        """The record, once the processor is done with it."""

        def ask():
            found = self.run("media", token, id=media)["media"]
            return found if found["status"] not in ("UPLOADING", "PROCESSING") else None

        found = wait_for(f"{media} to be processed", ask)
        assert found["status"] == "READY", f"{found['status']}: {found['failureReason']}"
        return found

    def as_role(self, name):
        """Credentials of a function's role. Its trust is lent to the account for a moment: Lambda alone has it."""
        iam, role = self.client("iam"), self.resource(name)
        before = iam.get_role(RoleName=role)["Role"]
        trusts = before["AssumeRolePolicyDocument"]
        account = before["Arn"].split(":")[4]
        statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
        lent = {"Version": "2012-10-17", "Statement": [statement]}
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(lent))
        try:
            assumed = self.client("sts").assume_role(RoleArn=before["Arn"], RoleSessionName="test")
        finally:
            iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trusts))
        return assumed["Credentials"]


def document(operation):
    """A document of client/operations."""
    return (ROOT / "client/operations" / f"{operation}.graphql").read_text()


def denial(call, *arguments, **named):
    """The code with which AWS refuses a call; none where it does not."""
    try:
        call(*arguments, **named)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return None
