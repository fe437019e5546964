-- Service data from the vehicles (notice B): seven categories, each used for
-- a service and deleted four weeks after.  recorded_at is the last use.
-- Portable; instants are TEXT in UTC, so that text compares as time.

-- Mileage, battery, locks.
CREATE TABLE vehicle_status (
  id INTEGER PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  recorded_at TEXT NOT NULL,
  mileage_km INTEGER NOT NULL CHECK (mileage_km >= 0),
  battery_volt NUMERIC NOT NULL,
  fuel_percent INTEGER CHECK (fuel_percent BETWEEN 0 AND 100),
  charge_percent INTEGER CHECK (charge_percent BETWEEN 0 AND 100),
  doors_locked INTEGER NOT NULL CHECK (doors_locked IN (0, 1)),
  windows_closed INTEGER NOT NULL CHECK (windows_closed IN (0, 1))
);
CREATE INDEX vehicle_status_vin ON vehicle_status (vin, recorded_at);
CREATE INDEX vehicle_status_recorded_at ON vehicle_status (recorded_at);

-- Time, position, speed.
CREATE TABLE positions (
  id INTEGER PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  recorded_at TEXT NOT NULL,
  latitude NUMERIC NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude NUMERIC NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  heading_degrees INTEGER CHECK (heading_degrees BETWEEN 0 AND 359),
  speed_kmh INTEGER NOT NULL CHECK (speed_kmh >= 0)
);
CREATE INDEX positions_vin ON positions (vin, recorded_at);
CREATE INDEX positions_recorded_at ON positions (recorded_at);

-- Next inspection, oil level, brake wear.
CREATE TABLE vehicle_service (
  id INTEGER PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  recorded_at TEXT NOT NULL,
  next_inspection_on DATE NOT NULL,
  oil_level_percent INTEGER CHECK (oil_level_percent BETWEEN 0 AND 100),
  brake_wear_front_percent INTEGER NOT NULL
    CHECK (brake_wear_front_percent BETWEEN 0 AND 100),
  brake_wear_rear_percent INTEGER NOT NULL
    CHECK (brake_wear_rear_percent BETWEEN 0 AND 100),
  fault_codes TEXT
);
CREATE INDEX vehicle_service_vin ON vehicle_service (vin, recorded_at);
CREATE INDEX vehicle_service_recorded_at ON vehicle_service (recorded_at);

-- Jams, closures, signs, parking.
CREATE TABLE traffic (
  id INTEGER PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  recorded_at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('jam', 'closure', 'sign', 'parking')),
  road TEXT NOT NULL,
  latitude NUMERIC NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude NUMERIC NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  detail TEXT NOT NULL
);
CREATE INDEX traffic_vin ON traffic (vin, recorded_at);
CREATE INDEX traffic_recorded_at ON traffic (recorded_at);

-- Temperature, precipitation.
CREATE TABLE environment (
  id INTEGER PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  recorded_at TEXT NOT NULL,
  outside_celsius NUMERIC NOT NULL,
  rain_mm_per_hour NUMERIC NOT NULL CHECK (rain_mm_per_hour >= 0),
  road_state TEXT NOT NULL
    CHECK (road_state IN ('dry', 'wet', 'snow', 'ice'))
);
CREATE INDEX environment_vin ON environment (vin, recorded_at);
CREATE INDEX environment_recorded_at ON environment (recorded_at);

-- News, e-mail, music provider.
CREATE TABLE user_settings (
  id INTEGER PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  recorded_at TEXT NOT NULL,
  news_source TEXT,
  mail_address TEXT,
  music_provider TEXT,
  seat_profile TEXT
);
CREATE INDEX user_settings_vin ON user_settings (vin, recorded_at);
CREATE INDEX user_settings_recorded_at ON user_settings (recorded_at);

-- Radar, ultrasound, gesture, voice.
CREATE TABLE sensor (
  id INTEGER PRIMARY KEY NOT NULL,
  vin TEXT NOT NULL CHECK (length(vin) = 17),
  recorded_at TEXT NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('radar', 'ultrasound', 'gesture', 'voice')),
  distance_metres NUMERIC CHECK (distance_metres >= 0),
  interpretation TEXT                     -- the gesture or the words
);
CREATE INDEX sensor_vin ON sensor (vin, recorded_at);
CREATE INDEX sensor_recorded_at ON sensor (recorded_at);
