LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
if [ -e '/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001/armed' ]; then
systemctl start -- 'drydock-revert-01970000-0000-7000-8000-000000000001.service'
tries=0
while [ -e '/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001/armed' ]; do
  tries=$((tries + 1))
  if [ $tries -gt 200 ]; then echo "it does not begin to restore itself" >&2; exit 1; fi
  sleep 0.05
done
fi
