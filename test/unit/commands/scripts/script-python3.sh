umask 077
file=$(mktemp) || exit 1
trap 'rm -f -- "$file"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
printf '%s' 'print('\''hi'\'')
' > "$file" || exit 1
python3 "$file" 'a b'
