import { lines, sh } from './shell.ts'

/** Links, addresses and routes of both families as ip(8) prints them, without what counts or runs out by itself. */
const network = sh`links() { ip -o link show | sed -n 's/^[0-9]*: \([^:@]*\)[@:].*<\([^>]*\)> mtu \([0-9]*\) .*$/\1 \3 \2/p' | while read -r name mtu flags; do
  case ",$flags," in *,UP,*) printf '%s up %s\n' "$name" "$mtu" ;; *) printf '%s down %s\n' "$name" "$mtu" ;; esac
done; }
addresses() { ip -o addr show | awk '$3 ~ /^inet6?$/ && $4 !~ /^fe80:/ { print $2, $4 }' | sort; }
routes() { ip "-$1" route show table main | sed 's/ expires [0-9a-z]*//; s/ linkdown//; s/ dead//; s/ *$//' | grep -v '^fe80:' | sort || true; }`

/** Saves the state of the network under `$d/network`. */
export const saveNetwork = lines(
  network,
  sh`command -v ip >/dev/null || { echo "ip is missing on it, so the network cannot be saved" >&2; exit 1; }
mkdir -- "$d/network"
links >"$d/network/links"
addresses >"$d/network/addresses"
routes 4 >"$d/network/routes4"
routes 6 >"$d/network/routes6"`,
)

/**
 * Puts it back: what is missing is added before what was not there goes, so that a way in never closes in between.
 * A route may need another one first: what fails is tried a second time.
 */
export const networkBack = lines(
  network,
  sh`network_back() {
  while read -r name state mtu; do
    if [ -e "/sys/class/net/$name" ]; then ip link set dev "$name" mtu "$mtu" "$state" || problem "$name is not $state"
    else problem "the interface $name is gone"
    fi
  done <"$d/network/links"
  addresses >"$d/network/now"
  grep -vxFf "$d/network/now" "$d/network/addresses" | while read -r name address; do ip addr replace "$address" dev "$name"; done
  for turn in 1 2; do
    for family in 4 6; do
      routes $family >"$d/network/now"
      grep -vxFf "$d/network/now" "$d/network/routes$family" | while read -r route; do ip "-$family" route replace $route 2>/dev/null; done
    done
  done
  for family in 4 6; do
    routes $family >"$d/network/now"
    grep -vxFf "$d/network/routes$family" "$d/network/now" | while read -r route; do ip "-$family" route del $route; done
  done
  addresses >"$d/network/now"
  grep -vxFf "$d/network/addresses" "$d/network/now" | while read -r name address; do ip addr del "$address" dev "$name"; done
  links | cmp -s - "$d/network/links" || problem "not every interface is as it was"
  addresses | cmp -s - "$d/network/addresses" || problem "not every address is as it was"
  for family in 4 6; do routes $family | cmp -s - "$d/network/routes$family" || problem "not every route is as it was"; done
  note "the network's addresses and routes were put back"
}`,
)
