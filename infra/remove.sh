#!/usr/bin/env bash
# Takes an installation away: infra/README.md says what stays.
set -euo pipefail

usage() {
    cat <<'TEXT'
infra/remove.sh [options]

  --stack NAME     the name of the installation (mantel)
  --erase NAME     erase all that is stored, too: every picture, record, account and backup. The name again, to be sure
  -h, --help       this

Without --erase nothing that is stored is touched: buckets, table and accounts stay, and go on costing what they cost.
TEXT
}

fail() {
    printf 'infra/remove.sh: %s\n' "$*" >&2
    exit 1
}

stack=mantel erase=''
while [ $# -gt 0 ]; do
    case $1 in
        --stack) stack=${2:?--stack needs a name}; shift ;;
        --erase) erase=${2:?--erase needs the name of the installation}; shift ;;
        -h | --help) usage; exit ;;
        *) usage >&2; fail "there is no option $1" ;;
    esac
    shift
done
[ -z "$erase" ] || [ "$erase" = "$stack" ] || fail "--erase $erase is not the installation $stack: nothing was removed"
[[ $stack =~ ^[a-z][a-z0-9-]{0,19}$ ]] || fail "'$stack' is no name of an installation"

export AWS_PAGER='' AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$AWS_REGION" ] || fail "no region is set: export AWS_DEFAULT_REGION=eu-central-1, for example"
export AWS_DEFAULT_REGION=$AWS_REGION
account=$(aws sts get-caller-identity --query Account --output text)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if aws cloudformation describe-stacks --stack-name "$stack" >/dev/null 2>&1; then
    echo "The stack $stack goes away"
    aws cloudformation update-termination-protection --stack-name "$stack" --no-enable-termination-protection >/dev/null
    aws cloudformation delete-stack --stack-name "$stack"
    aws cloudformation wait stack-delete-complete --stack-name "$stack"
fi

# Version 1 of the CLI looks for queues at Amazon, whatever AWS_ENDPOINT_URL says.
sqs() { aws sqs ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }

buckets=()
for kind in originals renditions site backup code; do
    bucket=$stack-$kind-$account-$AWS_REGION
    if aws s3api head-bucket --bucket "$bucket" >/dev/null 2>&1; then buckets+=("$bucket"); fi
done
tables=$(aws dynamodb list-tables --output text --query "join(' ', TableNames[?starts_with(@, '$stack-Table-')])")
pools=$(aws cognito-idp list-user-pools --max-results 60 --output text --query "join(' ', UserPools[?Name=='$stack'].Id)")
queues=$(sqs list-queues --queue-name-prefix "$stack-DeadLetters-" --output text --query "join(' ', QueueUrls || \`[]\`)")
echo "What is stored: ${buckets[*]:-no bucket}, ${tables:-no table}, ${pools:-no accounts}"
if [ -z "$erase" ]; then
    echo "It stays. infra/remove.sh --stack $stack --erase $stack erases it."
    exit
fi

# Every version of every object, and the marks of those that were deleted, a thousand at a time.
empty() {
    local bucket=$1
    while true; do
        aws s3api list-object-versions --bucket "$bucket" --no-paginate --output json --query \
            '{Objects: [Versions, DeleteMarkers][][].{Key: Key, VersionId: VersionId}, Quiet: `true`}' >"$work/versions"
        if ! grep -q '"Key"' "$work/versions"; then return; fi
        # The backup is locked for everybody who does not say this.
        aws s3api delete-objects --bucket "$bucket" --bypass-governance-retention --delete "file://$work/versions" >"$work/deleted"
        if grep -q '"Errors"' "$work/deleted"; then cat "$work/deleted"; fail "$bucket could not be emptied"; fi
    done
}

for bucket in "${buckets[@]}"; do
    echo "$bucket is erased"
    empty "$bucket"
    aws s3api delete-bucket --bucket "$bucket"
done
for table in $tables; do
    echo "$table is erased"
    aws dynamodb update-table --table-name "$table" --no-deletion-protection-enabled >/dev/null
    aws dynamodb wait table-exists --table-name "$table"
    aws dynamodb delete-table --table-name "$table" >/dev/null
done
for pool in $pools; do
    echo "$pool is erased"
    aws cognito-idp update-user-pool --user-pool-id "$pool" --deletion-protection INACTIVE
    aws cognito-idp delete-user-pool --user-pool-id "$pool"
done
for queue in $queues; do
    sqs delete-queue --queue-url "$queue"
done
echo "Nothing of $stack is left."
