-- Customer relationship data of ConnectedDrive / MINI Connected in Japan.
--
-- Portable: runs on SQLite and PostgreSQL.  Instants are TEXT in UTC
-- ("2026-03-01T11:00:00Z"), so that text compares as time; civil dates are
-- DATE.  A foreign key is enforced only inside one cluster, where the child
-- goes no later than its parent; elsewhere a key is a bare value that may
-- outlive what it names (schemas/crm.yml has the references).

-- The customer (notice A: name, address, e-mail address).
CREATE TABLE customers (
  id TEXT PRIMARY KEY NOT NULL,           -- customer number, C0000001
  family_name TEXT NOT NULL,
  given_name TEXT NOT NULL,
  family_name_kana TEXT NOT NULL,
  given_name_kana TEXT NOT NULL,
  birth_date DATE,
  postal_code TEXT NOT NULL,              -- 105-7308
  prefecture TEXT NOT NULL,
  city TEXT NOT NULL,
  street TEXT NOT NULL,
  building TEXT,
  email TEXT,
  phone_number TEXT,                      -- E.164
  language TEXT NOT NULL DEFAULT 'ja' CHECK (language IN ('ja', 'en', 'de')),
  contact_channel TEXT NOT NULL           -- named by the customer (notice E)
    CHECK (contact_channel IN ('email', 'phone', 'post', 'portal')),
  dealer TEXT NOT NULL,                   -- who brought the customer
  created_at TEXT NOT NULL
);
-- Identities are compared in canonical form (engine/plan/identity.h).
CREATE INDEX customers_email ON customers (lower(email));
CREATE INDEX customers_phone_number ON customers (
  replace(replace(replace(replace(replace(phone_number,
    ' ', ''), '-', ''), '.', ''), '(', ''), ')', ''));

-- The ConnectedDrive or myBMW account (notice A: account information).
CREATE TABLE accounts (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  universal_id TEXT,                      -- the BMW Group login, if linked
  portal TEXT NOT NULL CHECK (portal IN ('connected_drive', 'mini_connected')),
  username TEXT NOT NULL,
  email TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'locked', 'closed')),
  opened_at TEXT NOT NULL,
  closed_at TEXT
);
CREATE INDEX accounts_customer_id ON accounts (customer_id);
CREATE INDEX accounts_universal_id ON accounts (universal_id);
CREATE INDEX accounts_email ON accounts (lower(email));

-- The ConnectedDrive contract: one holder, one vehicle (terms 1.4, 5.1).
CREATE TABLE contracts (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  terms_version TEXT NOT NULL,
  dealer TEXT NOT NULL,
  signed_on DATE NOT NULL,
  starts_on DATE NOT NULL,
  expires_on DATE,                        -- NULL: open
  status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'ended')),
  end_reason TEXT
    CHECK (end_reason IN ('transfer', 'sale', 'deactivation', 'scrapping',
      'cancellation', 'sanctions')),
  CHECK (expires_on IS NULL OR expires_on >= starts_on),
  CHECK ((status = 'ended') = (expires_on IS NOT NULL))
);
CREATE INDEX contracts_customer_id ON contracts (customer_id);
CREATE INDEX contracts_vin ON contracts (vin);
CREATE INDEX contracts_expires_on ON contracts (expires_on);

-- Each subscription with its term (terms 2.2; list of services).
CREATE TABLE services (
  id TEXT PRIMARY KEY NOT NULL,
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  service_code TEXT NOT NULL,             -- sos_call, carplay, remote ...
  brand TEXT NOT NULL CHECK (brand IN ('BMW', 'BMWi', 'MINI')),
  first_registration_on DATE NOT NULL,    -- the term runs from here
  starts_on DATE NOT NULL,
  term TEXT,                              -- P3Y, P2Y, P3M; NULL: unlimited
  term_ends_on DATE,                      -- computed: the last day, if any
  extension TEXT,                         -- P1Y, once; NULL: none
  notice TEXT,                            -- P6M before the base term ends
  cancel_by DATE,                         -- computed: last day that counts
  cancelled_on DATE,
  deactivated_at TEXT,
  deactivated_by TEXT CHECK (deactivated_by IN ('self', 'dealer')),
  CHECK ((term_ends_on IS NULL) = (term IS NULL AND deactivated_at IS NULL)),
  CHECK ((deactivated_at IS NULL) = (deactivated_by IS NULL))
);
CREATE INDEX services_contract_id ON services (contract_id);

-- What was bought in the store when a term was over (list of services, L310):
-- each a contract of 12, 6 or 1 months of its own, which may outlive the
-- ConnectedDrive contract that it names.
CREATE TABLE purchases (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  contract_id TEXT NOT NULL,
  service_code TEXT NOT NULL,
  follows_on DATE NOT NULL,               -- last day of what it follows; the
                                          -- term runs from here
  term TEXT NOT NULL CHECK (term IN ('P1Y', 'P6M', 'P1M')),
  term_ends_on DATE NOT NULL,             -- computed: the last day
  price_jpy INTEGER NOT NULL CHECK (price_jpy >= 0),
  ended_at TEXT,                          -- sooner: transfer (terms 5.1) ...
  ended_by TEXT
    CHECK (ended_by IN ('self', 'transfer', 'deactivation', 'scrapping')),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX purchases_customer_id ON purchases (customer_id);
CREATE INDEX purchases_term_ends_on ON purchases (term_ends_on);

-- Bank details: financial data, not account data.
CREATE TABLE bank_accounts (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  bank_code TEXT NOT NULL CHECK (length(bank_code) = 4),
  bank_name TEXT NOT NULL,
  branch_code TEXT NOT NULL CHECK (length(branch_code) = 3),
  account_type TEXT NOT NULL CHECK (account_type IN ('ordinary', 'current')),
  account_number TEXT NOT NULL CHECK (length(account_number) = 7),
  holder_kana TEXT NOT NULL,
  mandate_on DATE NOT NULL,               -- direct debit since
  mandate_ended_on DATE
);
CREATE INDEX bank_accounts_customer_id ON bank_accounts (customer_id);

-- What was booked.  The payer's name stands here as well: a voucher outlives
-- the customer's master data by nine years.
CREATE TABLE transactions (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  contract_id TEXT,
  bank_account_id TEXT,                   -- NULL: not by direct debit
  kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'correction')),
  method TEXT NOT NULL CHECK (method IN ('direct_debit', 'card', 'transfer')),
  invoice_number TEXT NOT NULL,
  payer_name TEXT NOT NULL,
  description TEXT NOT NULL,
  amount_jpy INTEGER NOT NULL,
  tax_jpy INTEGER NOT NULL,
  booked_on DATE NOT NULL
);
CREATE INDEX transactions_customer_id ON transactions (customer_id);
CREATE INDEX transactions_bank_account_id ON transactions (bank_account_id);
CREATE INDEX transactions_booked_on ON transactions (booked_on);

-- Vehicle master data (notice D): about the vehicle, never about a customer.
CREATE TABLE vehicles (
  vin TEXT PRIMARY KEY NOT NULL CHECK (length(vin) = 17),
  brand TEXT NOT NULL CHECK (brand IN ('BMW', 'BMWi', 'MINI')),
  model TEXT NOT NULL,
  body_colour TEXT NOT NULL,
  equipment TEXT NOT NULL,
  option_codes TEXT NOT NULL,             -- 6U3 6NW ...
  sim_iccid TEXT,                         -- NULL: SIM switched off
  built_on DATE NOT NULL,
  first_registration_on DATE NOT NULL,
  scrapped_on DATE                        -- NULL: exists; a sale is no end
);
CREATE INDEX vehicles_scrapped_on ON vehicles (scrapped_on);

-- Who held which vehicle, when: whose a vehicle's data is.
CREATE TABLE holdings (
  id TEXT PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  customer_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'user')),
  held_from TEXT NOT NULL,
  held_until TEXT,                        -- NULL: still; from here the next
  unlinked_at TEXT,                       -- account unlinked (terms 5.2)
  data_erased_at TEXT                     -- data in the vehicle (terms 5.2)
);
CREATE INDEX holdings_vin ON holdings (vin, held_from);
CREATE INDEX holdings_customer_id ON holdings (customer_id);
CREATE INDEX holdings_held_from ON holdings (held_from);
CREATE INDEX holdings_held_until ON holdings (held_until);

-- Workshop records (notice D): tied to the vehicle, without the customer.
CREATE TABLE vehicle_services (
  id TEXT PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL REFERENCES vehicles (vin),
  performed_at TEXT NOT NULL,
  workshop TEXT NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('inspection', 'shaken', 'oil', 'brakes', 'tyres',
      'warranty', 'recall')),
  mileage_km INTEGER NOT NULL CHECK (mileage_km >= 0),
  battery_volt NUMERIC,
  oil_level_percent INTEGER CHECK (oil_level_percent BETWEEN 0 AND 100),
  brake_wear_percent INTEGER CHECK (brake_wear_percent BETWEEN 0 AND 100),
  next_inspection_on DATE,
  work TEXT NOT NULL
);
CREATE INDEX vehicle_services_vin ON vehicle_services (vin);
CREATE INDEX vehicle_services_performed_at ON vehicle_services (performed_at);

-- The consent ledger (notice F): one row for each consent, its text version
-- viewable at any time.
CREATE TABLE consents (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  purpose TEXT NOT NULL
    CHECK (purpose IN ('promotion', 'market_research', 'third_parties')),
  channel TEXT NOT NULL
    CHECK (channel IN ('email', 'phone', 'post', 'app')),
  text_version TEXT NOT NULL,
  third_parties TEXT,                     -- whom it names; NULL: nobody
  given_at TEXT NOT NULL,
  withdrawn_at TEXT,
  ended_at TEXT,                          -- NULL: in force
  end_reason TEXT
    CHECK (end_reason IN ('withdrawn', 'replaced', 'contract_ended')),
  evidence TEXT NOT NULL,                 -- how it was given
  CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  CHECK (withdrawn_at IS NULL OR ended_at IS NOT NULL)
);
CREATE INDEX consents_customer_id ON consents (customer_id);
CREATE INDEX consents_ended_at ON consents (ended_at);

-- Contacts made on the ground of a consent.
CREATE TABLE marketing (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  consent_id TEXT NOT NULL,
  campaign TEXT NOT NULL,
  channel TEXT NOT NULL
    CHECK (channel IN ('email', 'phone', 'post', 'app')),
  sent_at TEXT NOT NULL,
  response TEXT CHECK (response IN ('opened', 'clicked', 'answered'))
);
CREATE INDEX marketing_customer_id ON marketing (customer_id);
CREATE INDEX marketing_sent_at ON marketing (sent_at);

-- Requests and complaints at the customer interaction centre (notice E).
CREATE TABLE support_cases (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  vin TEXT,
  channel TEXT NOT NULL
    CHECK (channel IN ('email', 'phone', 'post', 'portal', 'dealer')),
  topic TEXT NOT NULL,
  description TEXT NOT NULL,
  resolution TEXT,
  opened_at TEXT NOT NULL,
  closed_at TEXT                          -- NULL: open
);
CREATE INDEX support_cases_customer_id ON support_cases (customer_id);
CREATE INDEX support_cases_closed_at ON support_cases (closed_at);

-- Voice calls over the vehicle's SIM (terms 9.3).
CREATE TABLE call_recordings (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  case_id TEXT,
  service_code TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('service', 'quality')),
  recorded_at TEXT NOT NULL,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  transcript TEXT,
  audio_wav TEXT                          -- base64
);
CREATE INDEX call_recordings_customer_id ON call_recordings (customer_id);
CREATE INDEX call_recordings_recorded_at ON call_recordings (recorded_at);

-- To whom data was given, and why: Premier Aid after an SOS call, Group
-- companies, authorities (APPI Art. 29, 30).
CREATE TABLE disclosures (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  vin TEXT,
  recipient TEXT NOT NULL,
  basis TEXT NOT NULL
    CHECK (basis IN ('vital_interests', 'contract', 'consent',
      'legal_obligation')),
  categories TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  disclosed_at TEXT NOT NULL
);
CREATE INDEX disclosures_customer_id ON disclosures (customer_id);
CREATE INDEX disclosures_disclosed_at ON disclosures (disclosed_at);

-- Privacy settings and how far the vehicle has them.
CREATE TABLE preferences (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  setting TEXT NOT NULL,
  value TEXT NOT NULL CHECK (value IN ('on', 'off')),
  version INTEGER NOT NULL CHECK (version > 0),
  changed_at TEXT NOT NULL,
  changed_in TEXT NOT NULL CHECK (changed_in IN ('portal', 'app', 'vehicle')),
  sync_state TEXT NOT NULL CHECK (sync_state IN ('pending', 'acked')),
  acked_at TEXT,
  CHECK ((sync_state = 'acked') = (acked_at IS NOT NULL))
);
CREATE INDEX preferences_customer_id ON preferences (customer_id);

-- Checks against sanctions lists (terms 11).
CREATE TABLE sanctions_screenings (
  id TEXT PRIMARY KEY NOT NULL,
  customer_id TEXT NOT NULL,
  contract_id TEXT,
  lists TEXT NOT NULL,                    -- UN, EU, HMT, with their dates
  result TEXT NOT NULL CHECK (result IN ('clear', 'false_hit', 'hit')),
  remark TEXT,
  screened_at TEXT NOT NULL
);
CREATE INDEX sanctions_screenings_customer_id
  ON sanctions_screenings (customer_id);
CREATE INDEX sanctions_screenings_screened_at
  ON sanctions_screenings (screened_at);
