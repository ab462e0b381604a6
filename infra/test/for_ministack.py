"""Writes the template as MiniStack takes it: `for_ministack.py ENDPOINT < template.yaml > other.yaml`.

Everything else is deployed as it stands. What is changed, and so is not proved by the test:

1. `AWS::Budgets::Budget` is left out: MiniStack's CloudFormation has no budgets.
2. The statements `OnlyByTls` of the buckets' policies are left out: MiniStack is reached by plain HTTP.
3. The API is told where Cognito's keys are (`MANTEL_JWKS_URL`): on AWS this follows from the pool's id.
4. CloudFront finds the API under MiniStack's own address: it refuses those of Amazon, which it would really call.
5. So does what tells AppSync of events.
6. AppSync's `BatchInvoke` becomes `Invoke` with a list of one call: MiniStack hands the payload on as it is.
7. AppSync's schema stands in the template: MiniStack does not fetch it from S3.
8. AppSync says that a caller is a role of AWS by `identity.userArn`. MiniStack checks the role's rights, and then does not
   say who it was, so the code of the resolvers does.

MiniStack's CloudFormation also leaves out the Object Lock of a bucket, which the test then sets itself.
"""

import pathlib
import sys
from urllib.parse import urlsplit

import yaml


class Tagged:
    """A short form such as `!Ref Table`, kept as it stands."""

    def __init__(self, tag, value):
        self.tag, self.value = tag, value


def read_tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return Tagged(f"!{suffix}", loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return Tagged(f"!{suffix}", loader.construct_sequence(node, deep=True))
    return Tagged(f"!{suffix}", loader.construct_mapping(node, deep=True))


def write_tagged(dumper, tagged):
    if isinstance(tagged.value, str):
        return dumper.represent_scalar(tagged.tag, tagged.value)
    if isinstance(tagged.value, list):
        return dumper.represent_sequence(tagged.tag, tagged.value)
    return dumper.represent_mapping(tagged.tag, tagged.value)


class Loader(yaml.SafeLoader):
    pass


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


Loader.add_multi_constructor("!", read_tagged)
Dumper.add_representer(Tagged, write_tagged)


def text_of_appsync(text):
    """With what MiniStack does not say of callers."""
    return text.replace(
        "const { args, identity, source, request, info } = ctx;",
        "const { args, source, request, info } = ctx;\n"
        "  const signed = (request.headers.authorization ?? '').startsWith('AWS4-');\n"
        "  const identity = signed ? { userArn: 'arn:aws:sts::000000000000:assumed-role/role/session' } : ctx.identity;",
    )


def adapt(template, endpoint):
    resources = template["Resources"]
    del resources["Budget"]
    for name in ("OriginalsPolicy", "RenditionsPolicy", "SitePolicy", "BackupPolicy"):
        policy = resources[name]["Properties"]["PolicyDocument"]
        policy["Statement"] = [one for one in policy["Statement"] if one["Sid"] != "OnlyByTls"]
        if not policy["Statement"]:
            del resources[name]
    environment = resources["Resolvers"]["Properties"]["Environment"]["Variables"]
    environment["MANTEL_JWKS_URL"] = Tagged("!Sub", f"{endpoint}/${{UserPool}}/.well-known/jwks.json")
    distribution = resources["Distribution"]["Properties"]["DistributionConfig"]
    address = urlsplit(endpoint)
    api = next(origin for origin in distribution["Origins"] if origin["Id"] == "api")
    api["DomainName"] = address.hostname
    api["OriginPath"] = Tagged("!Sub", "/_aws/execute-api/${HttpApi}/$default")
    api["CustomOriginConfig"] = {"OriginProtocolPolicy": "http-only", "HTTPPort": address.port}
    for name in ("Resolvers", "Processor"):
        variables = resources[name]["Properties"]["Environment"]["Variables"]
        condition, _, otherwise = variables["MANTEL_APPSYNC_URL"].value
        address_of_events = Tagged("!Sub", f"{endpoint}/v1/apis/${{AppSyncApi.ApiId}}/graphql")
        variables["MANTEL_APPSYNC_URL"] = Tagged("!If", [condition, address_of_events, otherwise])
    code = template["Mappings"]["AppSyncCode"]
    code["Root"]["Text"] = code["Row"]["Text"] = text_of_appsync(code["Root"]["Text"])
    schema = resources["AppSyncApiSchema"]["Properties"]
    del schema["DefinitionS3Location"]
    schema["Definition"] = (pathlib.Path(__file__).parents[1] / "appsync.graphql").read_text()
    return template


if __name__ == "__main__":
    adapted = adapt(yaml.load(sys.stdin, Loader), sys.argv[1])
    yaml.dump(adapted, sys.stdout, Dumper, sort_keys=False, width=1000)
