# Completion of danegate's commands, options and files for bash. Copy it to
# /usr/share/bash-completion/completions/danegate, or source it.
# tests/command/completion_test.py holds it against danegate --help. Tenants are proposed
# where --config FILE stands on the line too.

_danegate_options() {
  case $1 in
    run) echo --config ;;
    check) echo --config --json ;;
    match) echo --chain --tlsa --name --trust --at --json ;;
    explain) echo --chain --config --tenant --json ;;
    records) echo --all --config --ttl --new-chain --at --json ;;
    doctor) echo --config --no-connect --json ;;
    schema) echo --edge ;;
    'ctl reload') echo --config --socket --json --force ;;
    ctl | 'ctl '*) echo --config --socket --json ;;
    '') echo --version ;;
  esac
}

# The tenants in the folder that the file of --config names. A name that is not of these
# characters is left out: compgen would expand it.
_danegate_tenants() {
  local config='' folder i
  for ((i = 2; i < ${#COMP_WORDS[@]}; i++)); do
    if [ "${COMP_WORDS[i - 1]}" = --config ]; then config=${COMP_WORDS[i]/#\~\//$HOME/}; fi
  done
  [ -f "$config" ] || return 0
  folder=$(sed -nE "s/^tenants: *[\"']?([^\"'#]*[^\"'# ]).*/\1/p" "$config" 2>/dev/null)
  case $folder in
    '') folder=$(dirname -- "$config")/tenants.d ;;
    /*) ;;
    *) folder=$(dirname -- "$config")/$folder ;;
  esac
  find "$folder" -maxdepth 1 -name '[!.]*.yaml' -exec sed -nE \
    "s/^tenant: *[\"']?([A-Za-z0-9._-]+)[\"']? *(#.*)?$/\1/p" {} + 2>/dev/null
}

_danegate() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' words=''
  if [ "$COMP_CWORD" -gt 1 ]; then command=${COMP_WORDS[1]}; fi
  if [ "$command" = ctl ] && [ "$COMP_CWORD" -gt 2 ]; then command="ctl ${COMP_WORDS[2]}"; fi
  case $before in
    --config | --chain | --trust | --new-chain | --socket)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    --tenant) mapfile -t COMPREPLY < <(compgen -W "$(_danegate_tenants)" -- "$word"); return ;;
    --tlsa | --name | --at | --ttl) COMPREPLY=(); return ;;
  esac
  case $command in
    '') words='run check match explain records doctor ctl schema' ;;
    records | doctor) words=$(_danegate_tenants) ;;
    ctl) words='status streams tenants verdicts flush reload drain' ;;
  esac
  words+=" $(_danegate_options "$command") --help"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _danegate danegate
