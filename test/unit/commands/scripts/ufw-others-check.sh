{ ufw --dry-run delete 'allow' 'from' 'any' 'to' 'any' 'port' '8080' 2>&1 | grep -q 'Could not delete'; } || exit 1
