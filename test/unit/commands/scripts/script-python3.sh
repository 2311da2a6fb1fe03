python3 - 'a b' <<'DRYDOCK_END'
print('hi')
DRYDOCK_END
