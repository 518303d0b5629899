#!/usr/bin/env bash
# Looks at the tree as a reviewer would, in less than two minutes:
#
#   tests/presubmit.sh [--static] [BUILD_FOLDER]     default: build/release
#
# format, layering, third-party doors, self-contained headers, lengths, sleeps in
# tests, shell syntax, requirement ids that are cited and explained; then the quick unit tests of
# BUILD_FOLDER, which --static leaves out. BUILD_FOLDER must be configured.
# Every offence is a line "CHECK: FILE:LINE: what"; the exit status is 0 or 1.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

max_file=500
max_function=60
unit_tests=yes
build=build/release
for argument in "$@"; do
  case $argument in
    --static) unit_tests='' ;;
    -*) echo "presubmit: expected --static or a build folder; got '$argument'" >&2; exit 64 ;;
    *) build=$argument ;;
  esac
done

# Files of the working tree that git knows, by patterns.
files() { git ls-files --cached --deduplicate -- "$@" | while read -r file; do
  [ -e "$file" ] && echo "$file"; done; }
cplusplus() { files '*.cc' '*.h'; }

check_format() {
  cplusplus | xargs clang-format-14 --dry-run -Werror 2>&1 |
    sed -n 's/:[0-9]*: error: .*/: not as clang-format-14 -i writes it/p' | sort -u -t: -k1,1
}

# A layer includes itself and what stands here, nothing else of ours.
layers='
verifier      verifier
tenants       tenants verifier
proxy/xmpp    proxy/xmpp verifier
proxy/tls     proxy/tls verifier
proxy/net     proxy/net verifier
proxy/shard   proxy/shard proxy/net proxy/tls proxy/xmpp tenants verifier
proxy/ops     proxy/ops proxy/shard proxy/net proxy/tls proxy/xmpp tenants verifier
proxy/command proxy/command proxy/ops proxy/shard proxy/net proxy/tls proxy/xmpp tenants verifier
'
check_layering() {
  local layer sees allowed
  while read -r layer sees; do
    [ -n "$layer" ] || continue
    allowed=$(tr ' ' '|' <<<"$sees")
    files "$layer/*.cc" "$layer/*.h" |
      xargs -r grep -nE '^#include "(verifier|tenants|proxy/[a-z]+)/' /dev/null |
      grep -vE "#include \"($allowed)/" | sed "s,\$,  ($layer sees only: $sees),"
  done <<<"$layers"
}

# Each library's headers, and the only files that may include them. version.cc
# names every library and its version, and may look at all.
doors='
^openssl/     ^(proxy/tls/|verifier/(certificate|credential|hmac|policy|tlsa|pkix|posh_document|trust_store|x509/|dane/)|tenants/(credential|config/c))
^openssl/(rand|siphash)\.h  ^verifier/(service|verdict_cache|verdict_memory)
^uv\.h        ^(proxy/net/|verifier/(resolver|service|verifier_thread|uv_event_base|unbound_setup|https_fetch))
^unbound      ^verifier/(resolver|unbound_setup|uv_event_base)
^expat        ^proxy/xmpp/xml_
^yaml-cpp/    ^tenants/(tenant_file|config/yaml_)
^idn2         ^verifier/domain
^nlohmann/    ^(proxy/(ops|command)/|verifier/posh_document)
^spdlog/      ^proxy/ops/
^CLI/         ^proxy/(command/|main)
^curl/        ^verifier/https_fetch
^microhttpd   ^proxy/ops/posh_server
^gnutls/      ^proxy/ops/posh_(server|certificate)
'
check_doors() {
  local file line header
  cplusplus | grep -vE '^tests/|^bench/|^proxy/command/version\.cc$' | xargs grep -nE '^#include <[A-Za-z0-9_-]+(/|\.h)' | tr -d '>' |
    while IFS=: read -r file line header; do
      header=${header#*<}
      is_open "$header" "$file" ||
        echo "$file:$line: <$header> may be included behind its door only"
    done
}

# Whether no door is named for the header, or the file is one of its doors.
is_open() {
  local library door has_door=''
  while read -r library door; do
    [ -n "$library" ] && [[ $1 =~ $library ]] || continue
    has_door=yes
    [[ $2 =~ $door ]] && return 0
  done <<<"$doors"
  [ -z "$has_door" ]
}

# foo.cc begins with its own header, so the build proves that header; headers
# without a .cc are compiled by themselves.
check_headers() {
  local header source first
  files 'verifier/*.h' 'tenants/*.h' 'proxy/*.h' | while read -r header; do
    source=${header%.h}.cc
    [ -e "$source" ] || { echo "$header" >&3; continue; }
    first=$(grep -m1 '^#include' "$source")
    [ "$first" = "#include \"$header\"" ] ||
      echo "$source:1: the first #include must be \"$header\", got $first"
  done 3> >(tests/support/compile_headers.py "$build") | cat
}

# Waiting for a time instead of an event makes tests slow and wrong. The one poll
# of the lab waits for other programs, the relay delays answers on purpose.
check_sleeps() {
  files 'tests/*' | grep -vE '^tests/(presubmit\.sh|support/lab/(processes|dns_relay)\.py)$' |
    xargs grep -nE 'sleep_for|sleep_until|\busleep\(|\bsleep [0-9]|time\.sleep|asyncio\.sleep|uv_sleep' |
    sed 's/:[^:]*$/: a sleep in a test; poll with a deadline/'
}

check_lengths() {
  cplusplus | xargs wc -l | awk -v max=$max_file \
    '$2 != "total" && $1 > max {print $2 ":1: " $1 " lines, at most " max}'
  files '*.py' '*.sh' | xargs wc -l | awk -v max=$max_file \
    '$2 != "total" && $1 > max {print $2 ":1: " $1 " lines, at most " max}'
  cplusplus | grep -v '^tests/' | xargs awk -v max=$max_function '
    FNR == 1 {start = 0}
    /^( ? ?)[A-Za-z].*\)( const| noexcept| override)* \{$/ && !/^ *(if|for|while|switch|namespace|class|struct|else|do|return) / {
      start = FNR; match($0, /^ */); close_brace = "^" substr("  ", 1, RLENGTH) "}"}
    start && FNR > start && $0 ~ close_brace {
      if (FNR - start > max)
        print FILENAME ":" start ": a function of " FNR - start " lines, at most " max
      start = 0}'
}

check_shell() {
  local file
  { files '*.sh'; git grep -lE '^#!/(usr/)?bin/(env )?bash' -- deploy tests .ci bench; } | sort -u |
    while read -r file; do bash -n "$file" 2>&1; done
}

# An id that code or tests cite must be explained in tests/requirements.md: A-41,
# K-2, A1.13, B3, D10, "threats D2"; in the name of a test A_41, A1_13, _D16, D16_Says.
check_ids() {
  local word name file line id
  word='threats D[0-9]+|[A-L]-[0-9]{2,3}|K-[0-9]|A[1-9][0-9]?(\.[0-9]{1,2})?|[B-E][1-9][0-9]?'
  name='_([A-L]_?[0-9]{2,3}|K_?[0-9]|A[1-9](_[0-9]{1,2})?|[B-E][1-9])(?![A-Za-z0-9])|(?<=, )[A-L][0-9]{2}(_|[A-Z])'
  git grep -noP "(?<![\w.])($word)(?!\w)|$name" -- '*.cc' '*.h' '*.py' '*.md' '*.lua' \
    '*.yaml' '*.yml' '*.txt' deploy ':!tests/requirements.md' ':!tests/fuzz/corpus' |
    sort -u -t: -k3,3 |
    while IFS=: read -r file line id; do
      is_explained "$id" ||
        echo "$file:$line: ${id#_} is cited, and not explained in tests/requirements.md"
    done
}

# Whether the id has its row. _… and …_, …X: from the name of a test, where the hyphen is
# an underscore, or left out.
is_explained() {
  local id=$1 forms=("$1")
  case $id in
    _*) id=${id#_} forms=("${id/_/-}" "${id/_/.}" "${id:0:1}-${id:1}") ;;
    *[0-9][A-Z_]) forms=("${id:0:1}-${id:1:2}") ;;
  esac
  printf '| %s |\n' "${forms[@]}" | grep -qFf - tests/requirements.md
}

# And what is explained there must be cited: an attack by a test, anything else by code
# or tests.
check_listed() {
  local folder id line attack file=tests/requirements.md
  folder=$(mktemp -d)
  git grep -hP '[A-L][-_]?[0-9]' -- '*.cc' '*.h' '*.py' '*.lua' tests ":!$file" \
    ':!tests/fuzz/corpus' >"$folder/all"
  git grep -hP '[A-L][-_]?[0-9]' -- tests ":!$file" ':!tests/fuzz/corpus' >"$folder/tests"
  awk -F ' [|] ' '/^## / {attack = /Attacks/}
    /^[|] (threats )?[A-L][-.0-9]+ / {sub(/^[|] /, "", $1); print FNR, attack, $1}' $file |
    while read -r line attack id; do
      if [ "$attack" = 1 ]; then
        is_cited "$id" "$folder/tests" || echo "$file:$line: no test cites the attack $id"
      else
        is_cited "$id" "$folder/all" || echo "$file:$line: nothing cites $id; take it out"
      fi
    done
  rm -r "$folder"
}

# Whether a line of the file has the id, in a form of check_ids.
is_cited() {
  local id=${1#threats } word
  word=${1//./\\.}
  grep -qP "(?<![\w.])$word(?!\w|\.\d)|_(${id//[-.]/_}|${id/-/})(?![A-Za-z0-9])|, ${id/-/}(?!\d)" "$2"
}

check_promises() {
  git grep -nE '\b(TODO|FIXME|XXX)\b' -- '*.cc' '*.h' '*.py' '*.sh' '*.txt' '*.yaml' \
    ':!tests/presubmit.sh' | sed 's/:[^:]*$/: a promise; do it or leave it/'
}

failures=0
for check in format layering doors headers sleeps lengths shell ids listed promises; do
  offences=$("check_$check" 2>&1)
  if [ -n "$offences" ]; then
    sed "s/^/$check: /" <<<"$offences"
    failures=1
  else
    echo "$check: ok"
  fi
done

if [ -n "$unit_tests" ] && [ $failures = 0 ]; then
  ninja -C "$build" && ctest --test-dir "$build" -L unit --output-on-failure || failures=1
fi
exit $failures
