#!/bin/sh
# The shipped installation: services and what is bought, with ends that ingest
# computes; what a transfer and a deactivation set off.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"

expect 0 demo --files-only site
cd site || exit 1
expect 0 init

cat >contracts.csv <<'CSV'
id,customer_id,vin,terms_version,dealer,signed_on,starts_on,expires_on,status,end_reason
K1,C1,WBA00000000000001,2.1,D,2023-08-01,2023-08-31,,active,
K2,C2,WBA00000000000002,2.1,D,2022-01-01,2022-01-10,2024-02-29,ended,transfer
K3,C3,WBA00000000000003,2.1,D,2024-01-01,2024-01-10,2026-03-02,ended,deactivation
CSV
# No end is in the file: CarPlay not cancelled, and in time; a leap day; what
# has no term, running and switched off late in the evening, in Tokyo.
cat >services.csv <<'CSV'
id,contract_id,service_code,brand,first_registration_on,starts_on,term,extension,notice,cancelled_on,deactivated_at,deactivated_by
S1,K1,carplay,BMW,2023-08-31,2023-08-31,P2Y,P1Y,P6M,,,
S2,K1,carplay,BMW,2023-08-31,2023-08-31,P2Y,P1Y,P6M,2025-02-28,,
S3,K1,online,BMW,2024-02-29,2024-02-29,P3Y,,,,,
S4,K1,sos_call,BMW,2023-08-31,2023-08-31,,,,,,
S5,K3,sos_call,BMW,2024-01-10,2024-01-10,,,,,2026-03-01T15:30:00Z,dealer
S6,K3,online,BMW,2024-01-10,2024-01-10,P3Y,,,,2026-03-01T15:30:00Z,dealer
S7,K2,online,BMW,2022-01-10,2022-01-10,P3Y,,,,,
CSV
# Bought after a term, running out by itself and by the transfer.
cat >purchases.csv <<'CSV'
id,customer_id,contract_id,service_code,follows_on,term,price_jpy,ended_at,ended_by
P1,C1,K1,carplay,2025-08-31,P6M,7000,,
P2,C2,K2,online,2024-01-10,P1Y,12500,2024-02-29T06:00:00Z,transfer
CSV
for file in contracts services purchases; do
	expect 0 ingest crm "$file" "$file.csv"
done
expect 0 dump crm services
says out '"S1".*"term_ends_on":"2026-08-31".*"cancel_by":"2025-02-28"'
says out '"S2".*"term_ends_on":"2025-08-31".*"cancel_by":"2025-02-28"'
says out '"S3".*"term_ends_on":"2027-02-28".*"cancel_by":null'
says out '"S4".*"term_ends_on":null'
says out '"S5".*"term_ends_on":"2026-03-02"'
says out '"S6".*"term_ends_on":"2026-03-02"'
cp out services.jsonl
expect 0 dump crm purchases
says out '"P1".*"term_ends_on":"2026-02-28"'
says out '"P2".*"term_ends_on":"2024-02-29"'

# ---- what was computed comes back in; what differs does not ----
expect 0 ingest --upsert crm services services.jsonl
sed 's/"2026-08-31"/"2026-08-30"/' services.jsonl >other.jsonl
expect 2 ingest --upsert crm services other.jsonl
says err '^other.jsonl:1: field .term_ends_on.: found a date 1 day before'
cat >long.csv <<'CSV'
id,contract_id,service_code,brand,first_registration_on,starts_on,term
S9,K1,online,BMW,2023-08-31,2023-08-31,P4Y
CSV
expect 2 ingest crm services long.csv
says err '^long.csv:2: field .term.: found a term longer than P3Y'
cat >odd.csv <<'CSV'
id,customer_id,contract_id,service_code,follows_on,term,price_jpy
P9,C1,K1,online,2025-08-31,P2M,1
CSV
expect 1 ingest crm purchases odd.csv
says err 'CHECK'

# ---- a year after the purchase's own end; a transfer sets off both ----
expect 0 --json explain --as-of 2025-02-28T15:00:00Z crm purchases P2
json 'o["verdict"] == "DUE" and o["last_day"] == "2025-02-28"'
expect 0 --json explain --as-of 2025-02-28T15:00:00Z crm contracts K2
json 'o["verdict"] == "DUE" and o["last_day"] == "2025-02-28"'
expect 0 --json explain --as-of 2025-02-28T14:59:59Z crm purchases P2
json 'o["verdict"] == "RETAIN"'
# A service goes with its contract, not with its term of ten months more.
expect 0 --json explain --as-of 2025-02-28T15:00:00Z crm services S7
json 'o["last_day"] == "2025-02-28"'
# A purchase whose term is over does not wait for the contract.
expect 0 --json explain --as-of 2027-02-28T14:59:59Z crm purchases P1
json 'o["verdict"] == "RETAIN"'
expect 0 --json explain --as-of 2027-02-28T15:00:00Z crm purchases P1
json 'o["verdict"] == "DUE"'
# A deactivation ends the contract and its services on one day, in Tokyo.
expect 0 --json explain --as-of 2026-11-22 crm services S5
json 'o["starting_point"]["value"] == "2026-03-02"'
finish
