# Completion of danegate-load's commands, options and files for bash. Copy it to
# /usr/share/bash-completion/completions/danegate-load, or source it.
# tests/command/completion_test.py holds it against danegate-load --help.

_danegate_load_options() {
  local server='--target --direct --starttls --names --peers --pid'
  case $1 in
    tenants)
      echo --count --out --identity --key --domain --backend --starttls --direct-tls --haproxy ;;
    scenario)
      echo --out --tenants --peers --starttls --direct-tls --backend --backend-tls --dns \
        --shards --haproxy ;;
    demo) echo --streams --tenants --peers --duration --folder --danegate --svg --json ;;
    handshakes)
      echo "$server" --seed --rate --concurrency --count --duration --from \
        --client-certificate --client-key --trust --expect --json --svg ;;
    streams)
      echo "$server" --streams --setups --count --setup-rate --concurrency --idle --duration \
        --stanzas --body --rate --window --rest --backend --backend-tls \
        --backend-certificate --backend-key --json --svg ;;
    backend) echo --listen --direct --starttls --certificate --key --duration --json ;;
  esac
}

# The words that an option takes; none where it takes others.
_danegate_load_value() {
  case "$1 $2" in
    'tenants --identity') echo ca edge-key own-target ;;
    'tenants --key') echo ecdsa rsa ;;
    *' --backend-tls') echo starttls direct ;;
    *' --body') echo ascii text nested ;;
  esac
}

_danegate_load() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' words
  if [ "$COMP_CWORD" -gt 1 ]; then command=${COMP_WORDS[1]}; fi
  words=$(_danegate_load_value "$command" "$before")
  if [ -n "$words" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    return
  fi
  case "$command $before" in
    'scenario --peers' | 'demo --peers') COMPREPLY=(); return ;;
    *' --'*certificate | *-key | *' --key' | *' --out' | *' --names' | *' --peers' | \
      *' --folder' | *' --danegate' | *' --svg' | *' --trust' | *' --expect')
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    *' --json' | *' --haproxy' | *' --direct' | *' --setups' | 'handshakes --starttls' | \
      'streams --starttls' | 'backend --starttls') ;;
    *' --'*) COMPREPLY=(); return ;;
  esac
  words=''
  if [ -z "$command" ]; then words='tenants scenario demo handshakes streams backend'; fi
  words+=" $(_danegate_load_options "$command") --help"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _danegate_load danegate-load
