# shellcheck shell=sh disable=SC2154  # $root is lib.sh's
# The small installation of tests/cli/lib.sh, of which crm is attached.
#   small_site SQL-FOLDER          its files; the people's tables on that server
#   small_url URL [PASSWORD-FILE]  where crm is
small_site() {
	installation
	server_sql "$1" postgres <crm.sql
	rm -rf var lethe.key
}

small_url() {
	cat >lethe.yml <<-YML
		installation: small
		time_zone: Asia/Tokyo
		data_dir: ./var
		key: {file: ./lethe.key}
		policies: [policy.yml]
		stores:
		  crm: {driver: postgresql, dataset: crm.yml, url: "$1"${2:+, password_file: $2}}
		  web: {driver: sqlite, dataset: web.yml, schema: web.sql}
		purge: {approvals: 0, max_share: 1}
	YML
}
