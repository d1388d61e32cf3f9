/**
 * The shapes that travel between server and page. `PageData` is what a view hands to
 * `{{ data|json_script:"page-data" }}`; the rest mirrors docs/live.md and the HTTP contract.
 *
 * @typedef {"live"|"stale"|"lost"} VitalState
 * @typedef {"measured"|"derived"|"manual"|"simulated"|"replayed"} Origin
 * @typedef {"high"|"medium"|"low"} Priority
 *
 * @typedef {Object} Quantity one entry of the register
 * @property {number} number the number that stands for it in binary frames
 * @property {string} code e.g. "heart_rate"
 * @property {string} label e.g. "Heart rate"
 * @property {string} unit UCUM, e.g. "mm[Hg]"
 * @property {number} decimals
 * @property {string} colour token of tokens.css: ecg, spo2, respiration, pressure, temperature, ...
 * @property {number} expected_interval_s how often a value is expected
 * @property {boolean} wave whether it is a waveform channel
 * @property {Record<string, string>} [categories] names of the numbers of a coded quantity (consciousness)
 *
 * @typedef {Object} Vital
 * @property {string} code
 * @property {number|null} value
 * @property {string} unit
 * @property {string} at ISO 8601 with Z: when it was true of the body
 * @property {number} [age_s]
 * @property {VitalState} state as the server sees it
 * @property {Origin} origin
 * @property {number|null} quality 0 to 1
 * @property {string|null} device uid of the source
 *
 * @typedef {Object} Alert
 * @property {string} id
 * @property {string} patient
 * @property {string} code rule, e.g. "spo2_low"
 * @property {Priority} priority
 * @property {"physiological"|"technical"|"retrospective"} kind
 * @property {"pending"|"active"|"acknowledged"|"resolved"} state
 * @property {boolean} [latched] ended, but nobody acknowledged it
 * @property {boolean} [shelved]
 * @property {string} since ISO 8601
 * @property {number|null} value
 * @property {number|null} limit
 * @property {string} text e.g. "SpO2 87 < 90": no marks and no duration, the page adds both
 * @property {string|null} acknowledged_by name of who acknowledged it
 * @property {string|null} [acknowledged_at]
 * @property {string|null} [resolved_at]
 *
 * @typedef {Object} DeviceInfo
 * @property {string} uid
 * @property {string} label
 * @property {string} model
 * @property {number|null} battery_percent
 * @property {boolean} charging
 * @property {string|null} last_seen_at ISO 8601
 *
 * @typedef {Object} News2Part
 * @property {string} parameter
 * @property {string} label
 * @property {"used"|"stale"|"poor"|"missing"} state
 * @property {number|null} score null while it is open
 * @property {string} code
 * @property {number|null} value
 * @property {string} text the value's name, where it has one
 * @property {string} unit
 * @property {string|null} at
 * @property {string|null} origin
 *
 * @typedef {Object} News2 early warning score; `total` is null unless the inputs decide it
 * @property {string} at ISO 8601, when it was computed
 * @property {boolean} applicable
 * @property {string|null} not_applicable_because
 * @property {number|null} total
 * @property {number|null} lowest
 * @property {number|null} highest
 * @property {{lowest: News2Response, highest: News2Response}|null} response
 * @property {{spo2: number, decided: Object|null}} scale
 * @property {News2Part[]} parts
 * @property {string[]} missing
 *
 * @typedef {Object} News2Response
 * @property {"low"|"low-medium"|"medium"|"high"} risk
 * @property {string} monitoring
 * @property {string} action
 *
 * @typedef {Object} Deterioration learned risk of the last two days
 * @property {"known"|"unknown"} state
 * @property {number|null} probability
 * @property {{text: string}[]} reasons
 * @property {string[]} missing
 * @property {string} note
 *
 * @typedef {Object} Unusual against the person's own past week
 * @property {string[]} known codes whose usual is known
 * @property {{text: string}[]} reasons
 *
 * @typedef {Object} PatientInfo
 * @property {string} id
 * @property {string} name "Family, Given" for clinicians, the person's own form on their own page
 * @property {string} mrn second identifier
 * @property {string} bed
 * @property {boolean} simulated
 * @property {DeviceInfo[]} devices
 * @property {Vital[]} vitals may be empty: the stream sends all of them after subscribe
 * @property {News2} news2
 * @property {string|null} [birth_date]
 * @property {string} [sex]
 * @property {string|null} [unit_name]
 *
 * @typedef {Object} OrganReason
 * @property {string} text
 * @property {string} [code]
 * @property {number|null} [value]
 * @property {string} [unit]
 * @property {number|null} [usual]
 *
 * @typedef {Object} Organ
 * @property {string} organ heart, lungs, brain, kidneys, metabolism, skin, muscles, fluids, autonomic
 * @property {"good"|"watch"|"act"|"unknown"} status
 * @property {{median: number, low: number, high: number}|null} reserve
 * @property {number|null} confidence
 * @property {"measured"|"inferred"|"prior"|null} basis
 * @property {OrganReason[]} reasons
 *
 * @typedef {Object} WhatIfKind
 * @property {string} kind
 * @property {string} label
 * @property {string} unit UCUM
 * @property {string} note
 * @property {number} low of the dose
 * @property {number} high
 * @property {number} usual
 * @property {number} minutes usually
 *
 * @typedef {Object} Foretold one quantity at one horizon
 * @property {string} code
 * @property {number} median
 * @property {[number, number]} p50
 * @property {[number, number]} p90
 * @property {number} skill
 * @property {"organization"|"recordings"} skill_of
 * @property {{forecasts: number, persons: number, coverage_50: number, coverage_90: number, skill_persistence: number, skill_climatology: number}|null} calibration
 *
 * @typedef {Object} Urls
 * @property {string} live path of the WebSocket, "/ws/v1/live/"
 * @property {string} acknowledge "/api/v1/alerts/{id}/acknowledge/"
 * @property {string} devices those of the people shown: "/api/v1/devices/?unit=…" or "?patient=…"
 * @property {string} news2 "/api/v1/patients/{id}/news2/"
 * @property {string} twin "/api/v1/patients/{id}/twin/"
 * @property {string} readings "/api/v1/patients/{id}/readings/"
 * @property {string} patient "/patients/{id}/"
 * @property {string} login "/accounts/login/"
 *
 * @typedef {Object} PageData
 * @property {string} server_time ISO 8601, when the page was rendered
 * @property {string} timezone IANA name of the unit's time zone
 * @property {{slug: string, name: string}} organization
 * @property {{id: string, name: string}|null} unit ward page: the unit shown
 * @property {string} role
 * @property {boolean} can_acknowledge
 * @property {string} csrf_cookie name of the CSRF cookie
 * @property {number} alarm_status_every_s the stream repeats its "alarms" status at least this often
 * @property {Urls} urls
 * @property {Quantity[]} quantities
 * @property {PatientInfo[]} patients ward: all of the unit; patient and own page: exactly one
 * @property {Alert[]} alerts ward: open ones; patient and own page: the last twenty
 * @property {number} cursor alert cursor as of `alerts`
 * @property {Organ[]} [organs] patient and own page
 * @property {WhatIfKind[]} [what_if] patient page: what may be tried on the body
 * @property {Deterioration|null} [deterioration] patient page
 * @property {Unusual} [unusual] patient and own page
 */

export {};
