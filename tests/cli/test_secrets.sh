#!/bin/sh
# Planted values never show: not in the audit log, reports, metrics, stderr
# (invariant 5), and in no file of the data folder, live, after a kill or
# after a purge (invariant 6).
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
old=2019-05-05T05:05:05Z
python3 - <<'PY'
with open("people.csv", "w") as f, open("contracts.csv", "w") as g:
    f.write("id,name,email\n")
    g.write("id,person,vin,ends\n")
    for i in range(8000):
        f.write(f"Zx9Id{i:06},Zx9Name {i:06},zx9mail{i}@example.com\n")
        g.write(f"{i},Zx9Id{i:06},ZX9VIN{i:011},2019-05-05\n")
PY
printf 'id,page,at\n1,Zx9Page,%s\n' "$old" >visits.csv
words='Zx9Id0 Zx9Name Zx9Page zx9mail ZX9VIN'

# shellcheck disable=SC2086
plain_now() {
	plain $words
	plain '2019-05-05'
}

# ---- while they are written, and after a kill in the middle ----
# Half of a file whose rest never comes: it is in the middle when it is killed.
mkfifo pipe
{
	head -c 300000 people.csv
	exec sleep 600
} >pipe &
feeder=$!
"$LETHE" ingest --format csv crm people - <pipe >out 2>err &
pid=$!
sleep 1
plain_now
kill -9 "$pid" || oops 'the ingest was over before it was killed'
wait "$pid" 2>/dev/null
kill "$feeder"
plain_now
holds crm people 0
expect 0 ingest crm people people.csv
silent out 'Zx9Name'
expect 0 ingest crm contracts contracts.csv
expect 0 ingest web visits visits.csv
plain_now

# ---- in the middle of a purge ----
"$LETHE" purge --approve --cluster contract_data >out 2>err &
pid=$!
sleep 0.2
plain_now
kill -9 "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
plain_now
expect 0 purge --approve
cat out err >said
for f in said var/metrics.prom var/last-success; do
	! grep -qi zx9 "$f" || oops "$f holds a planted value"
done
plain_now
holds crm people 0
expect 0 check --integrity

# ---- the log, and messages of what fails ----
expect 0 --json audit list
silent out '[Zz][Xx]9|2019-05-05T'
json 'sum(e["records"] for e in o["entries"] if e["action"] == "delete") == 16001'
printf 'id,name,email\nZx9IdA,Zx9NameA,zx9mail@example.com\n' >a.csv
expect 0 ingest crm people a.csv
expect 1 ingest crm people a.csv
silent err '[Zz][Xx]9'
printf 'id,person,vin,ends\n1,Zx9IdA,ZX9VIN,Zx9Ends\n' >b.csv
expect 2 ingest crm contracts b.csv
silent err '[Zz][Xx]9'
expect 1 explain crm people Zx9Nobody
silent err '[Zz][Xx]9'
expect 0 explain crm people Zx9IdA
silent err '[Zz][Xx]9'
plain_now
finish
