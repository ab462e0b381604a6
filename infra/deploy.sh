#!/usr/bin/env bash
# Brings Mantel to AWS, or brings an installation up to date: infra/README.md has the whole way.
set -euo pipefail

usage() {
    cat <<'TEXT'
infra/deploy.sh [options]

  --stack NAME        the name of the installation (mantel)
  --arch ARCH         the processor of the functions: arm64 (which costs less) or x86_64
  --parameter K=V     a parameter of infra/template.yaml; what was given once is kept. May be repeated
  --dry-run           show what would change, and change nothing but the packages that lie ready
  --packages FOLDER   take the packages of this folder; otherwise infra/package.sh builds them
  --template FILE     another template than infra/template.yaml
  -h, --help          this

The account and region are those of the AWS CLI: its profile, or AWS_PROFILE, AWS_REGION and the like.
AWS_ENDPOINT_URL makes it another place than Amazon, such as MiniStack.
TEXT
}

fail() {
    printf 'infra/deploy.sh: %s\n' "$*" >&2
    exit 1
}

step() { printf '\n== %s\n' "$*"; }

stack=mantel arch=arm64 template='' packages='' dry_run=''
declare -A given=()
while [ $# -gt 0 ]; do
    case $1 in
        --stack) stack=${2:?--stack needs a name}; shift ;;
        --arch) arch=${2:?--arch needs arm64 or x86_64}; shift ;;
        --parameter)
            case ${2:-} in *=*) given[${2%%=*}]=${2#*=} ;; *) fail "--parameter needs NAME=VALUE" ;; esac
            shift
            ;;
        --template) template=$(realpath "${2:?--template needs a file}"); shift ;;
        --dry-run) dry_run=1 ;;
        --packages) packages=$(realpath "${2:?--packages needs a folder}"); shift ;;
        -h | --help) usage; exit ;;
        *) usage >&2; fail "there is no option $1" ;;
    esac
    shift
done
cd "$(dirname "$0")/.."
template=${template:-infra/template.yaml}

# Names of buckets are made of it: those are in lower case, and end at 63 characters.
[[ $stack =~ ^[a-z][a-z0-9-]{0,19}$ ]] ||
    fail "the name '$stack' will not do: at most 20 small letters, digits and hyphens, a letter first"
case $arch in arm64 | x86_64) ;; *) fail "there is no processor $arch: arm64 or x86_64" ;; esac
command -v aws >/dev/null || fail "the AWS CLI is missing: https://aws.amazon.com/cli/, or pip install awscli"

export AWS_PAGER='' AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$AWS_REGION" ] || fail "no region is set: export AWS_DEFAULT_REGION=eu-central-1, for example"
export AWS_DEFAULT_REGION=$AWS_REGION
account=$(aws sts get-caller-identity --query Account --output text) ||
    fail "AWS does not know who you are: run 'aws configure', or set AWS_PROFILE"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step "Packages for $arch"
if [ -z "$packages" ]; then
    infra/package.sh "$arch"
    packages=${CARGO_TARGET_DIR:-target}/lambda
fi
for name in resolvers processor backup; do
    [ -f "$packages/$name-$arch.zip" ] || fail "$packages/$name-$arch.zip is missing"
    printf '%-30s %8d KB\n' "$name-$arch.zip" $(($(wc -c <"$packages/$name-$arch.zip") / 1000))
done

code_bucket=$stack-code-$account-$AWS_REGION
if ! aws s3api head-bucket --bucket "$code_bucket" >/dev/null 2>&1; then
    # us-east-1 is the one region that must not be named.
    place=()
    if [ "$AWS_REGION" != us-east-1 ]; then
        place=(--create-bucket-configuration "LocationConstraint=$AWS_REGION")
    fi
    aws s3api create-bucket --bucket "$code_bucket" "${place[@]}" >/dev/null
    aws s3api put-public-access-block --bucket "$code_bucket" --public-access-block-configuration \
        BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
fi

# Uploads a file under a name that is made of its content, and prints that name.
upload() {
    local file=$1 kind=$2 key
    key=$kind/$(sha256sum "$file" | cut -c1-32)-$(basename "$file")
    if ! aws s3api head-object --bucket "$code_bucket" --key "$key" >/dev/null 2>&1; then
        aws s3 cp --only-show-errors "$file" "s3://$code_bucket/$key"
    fi
    printf '%s' "$key"
}

given[Architecture]=$arch
given[CodeBucket]=$code_bucket
given[ResolversCode]=$(upload "$packages/resolvers-$arch.zip" functions)
given[ProcessorCode]=$(upload "$packages/processor-$arch.zip" functions)
given[BackupCode]=$(upload "$packages/backup-$arch.zip" functions)
given[AppSyncSchema]=$(upload infra/appsync.graphql schemas)
if [ -f "$packages/ffmpeg-$arch.zip" ]; then
    given[FfmpegLayerCode]=$(upload "$packages/ffmpeg-$arch.zip" layers)
fi
template_key=$(upload "$template" templates)
template_url=https://s3.$AWS_REGION.amazonaws.com/$code_bucket/$template_key

step "What changes in the stack $stack of account $account in $AWS_REGION"
status=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text \
    2>"$work/status" || true)
case $status in
    '')
        grep -q 'does not exist' "$work/status" || fail "the stack could not be looked at: $(cat "$work/status")"
        kind=CREATE
        ;;
    REVIEW_IN_PROGRESS) kind=CREATE ;;
    ROLLBACK_COMPLETE)
        fail "the first deployment failed and left an empty stack: aws cloudformation delete-stack --stack-name $stack" ;;
    *_IN_PROGRESS) fail "the stack is being changed right now ($status): try again when that is over" ;;
    *) kind=UPDATE ;;
esac

# What is not given now stays as it was.
if [ "$kind" = UPDATE ]; then
    known=$(aws cloudformation get-template-summary --template-url "$template_url" \
        --query 'Parameters[].ParameterKey' --output text)
    before=$(aws cloudformation describe-stacks --stack-name "$stack" \
        --query 'Stacks[0].Parameters[].ParameterKey' --output text)
fi
parameters=()
for name in "${!given[@]}"; do
    parameters+=("ParameterKey=$name,ParameterValue=${given[$name]}")
done
for name in ${before:-}; do
    if [ -z "${given[$name]+x}" ] && [[ " ${known//$'\t'/ } " == *" $name "* ]]; then
        parameters+=("ParameterKey=$name,UsePreviousValue=true")
    fi
done

change_set=deploy-$(date -u +%Y%m%d-%H%M%S)
aws cloudformation create-change-set --stack-name "$stack" --change-set-name "$change_set" --change-set-type "$kind" \
    --template-url "$template_url" --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
    --parameters "${parameters[@]}" >/dev/null
forget_change_set() {
    aws cloudformation delete-change-set --stack-name "$stack" --change-set-name "$change_set" >/dev/null
    if [ "$kind" = CREATE ]; then aws cloudformation delete-stack --stack-name "$stack"; fi
}
look() { aws cloudformation describe-change-set --stack-name "$stack" --change-set-name "$change_set" "$@"; }

changes=1
if ! aws cloudformation wait change-set-create-complete --stack-name "$stack" --change-set-name "$change_set" \
    2>"$work/wait"; then
    reason=$(look --query StatusReason --output text)
    case $reason in
        *"didn't contain changes"* | *"No updates are to be performed"*) changes='' ;;
        *) forget_change_set; fail "CloudFormation does not take the template: $reason" ;;
    esac
fi

if [ -n "$changes" ]; then
    look --output text --query 'Changes[].ResourceChange.[Action, Replacement, ResourceType, LogicalResourceId,
        join(`,`, Details[?Target.Name].Target.Name || `[]`)]' | sort >"$work/changes"
    awk -F'\t' '
        $3 == "AWS::AppSync::Resolver" { resolvers[$1]++; next }
        { printf "%-8s %-42s %-24s %s%s\n", $1, $3, $4, $5, $2 == "True" ? " (made anew)" : "" }
        END { for (action in resolvers) printf "%-8s %-42s %d of them\n", action, "AWS::AppSync::Resolver", resolvers[action] }
    ' "$work/changes"
    # What holds the family's pictures, words and accounts is changed where it stands, or not at all. Where CloudFormation
    # cannot tell yet whether it would make something anew, it depends on what is not changed in place.
    lost=$(awk -F'\t' '
        $3 !~ /^AWS::(S3::Bucket|DynamoDB::Table|Cognito::UserPool)$/ { next }
        $1 == "Remove" { print "  " $4 " (" $3 ") would be removed"; next }
        $2 == "True" || ($2 == "Conditional" &&
            $5 ~ /(^$|BucketName|ObjectLockEnabled|TableName|KeySchema|AliasAttributes|UsernameAttributes|UsernameConfiguration)/) {
            print "  " $4 " (" $3 ") would be replaced"
        }' "$work/changes")
    if [ -n "$lost" ]; then
        forget_change_set
        fail "refused, as this would leave what is stored behind:
$lost
Nothing was changed. infra/README.md says how to move what is stored."
    fi
else
    echo "nothing"
fi

if [ -n "$dry_run" ]; then
    forget_change_set
    echo "Only looked: nothing was changed."
    exit
fi

if [ -n "$changes" ]; then
    step "The change is made"
    aws cloudformation execute-change-set --stack-name "$stack" --change-set-name "$change_set"
    if ! aws cloudformation wait "stack-${kind,,}-complete" --stack-name "$stack"; then
        aws cloudformation describe-stack-events --stack-name "$stack" --output text --query \
            'StackEvents[?ends_with(ResourceStatus, `_FAILED`)].[LogicalResourceId, ResourceStatusReason]' >&2
        fail "the change failed, and was taken back"
    fi
else
    aws cloudformation delete-change-set --stack-name "$stack" --change-set-name "$change_set" >/dev/null
fi
# The same holds of whoever changes the stack in another way.
aws cloudformation set-stack-policy --stack-name "$stack" --stack-policy-body file://infra/stack-policy.json
aws cloudformation update-termination-protection --stack-name "$stack" --enable-termination-protection >/dev/null

declare -A output=()
while IFS=$'\t' read -r name value; do
    output[$name]=$value
done < <(aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]')

step "The site"
dist=client/web/dist
# CloudFront compresses by itself, so the compressed forms stay here. Names in assets change with their content: these come
# first, and earlier ones stay, for pages that are open. Everything else is asked for each time.
site_files() {
    local pattern=$1 type=$2 cache=$3 folder=$4
    aws s3 cp --only-show-errors --recursive --exclude '*' --include "$pattern" --content-type "$type" \
        --cache-control "$cache" "$dist/$folder" "s3://${output[SiteBucketName]}/$folder"
}
for_good='public, max-age=31536000, immutable'
site_files '*.js' 'text/javascript; charset=utf-8' "$for_good" assets/
site_files '*.css' 'text/css; charset=utf-8' "$for_good" assets/
others=$(find $dist -type f ! -name '*.br' ! -name '*.js' ! -name '*.css' ! -name '*.html' ! -name '*.png' ! -name '*.svg' \
    ! -name '*.webmanifest' ! -name sources.sha256)
[ -z "$others" ] || fail "these files of the client have no content type here: $others"
for file in "$dist"/*; do
    case $file in
        *.br | */index.html | */assets | */sources.sha256) continue ;;
        *.js) type='text/javascript; charset=utf-8' ;;
        *.svg) type=image/svg+xml ;;
        *.png) type=image/png ;;
        *.webmanifest) type=application/manifest+json ;;
        *) fail "$file has no content type here" ;;
    esac
    aws s3 cp --only-show-errors --content-type "$type" --cache-control no-cache "$file" \
        "s3://${output[SiteBucketName]}/$(basename "$file")"
done
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
printf '{ "graphql": "/graphql", "stream": null, "version": "%s", "graphiql": false }\n' "$version" >"$work/config.json"
aws s3 cp --only-show-errors --content-type application/json --cache-control no-cache "$work/config.json" \
    "s3://${output[SiteBucketName]}/config.json"
aws s3 cp --only-show-errors --content-type 'text/html; charset=utf-8' --cache-control no-cache "$dist/index.html" \
    "s3://${output[SiteBucketName]}/index.html"

step "The first accounts"
# Made where they are missing; a password that is made here is shown this once.
if [ -z "${MANTEL:-}" ]; then
    cargo build --release --locked --quiet --bin mantel
    MANTEL=${CARGO_TARGET_DIR:-target}/release/mantel
fi
MANTEL_TABLE=${output[TableName]} MANTEL_USER_POOL_ID=${output[UserPoolId]} MANTEL_CLIENT_ID=${output[ClientId]} \
    MANTEL_ORIGINALS_BUCKET=${output[OriginalsBucketName]} MANTEL_RENDITIONS_BUCKET=${output[RenditionsBucketName]} \
    "$MANTEL" admin init

step "The site is at ${output[SiteUrl]}"
if [ "${output[SiteUrl]}" != "https://${output[SiteTarget]}" ]; then
    echo "Its name has to be a CNAME record of ${output[SiteTarget]}"
fi
