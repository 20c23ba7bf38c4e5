-- Case intake in one statement: the service's own.
-- Written by `python -m bench.statements`. It runs on a database with the demonstration data:
--   pgbench -n -M prepared -c 16 -j 2 -T 5 -D n=0 -f intake_one.sql
\if :n = 0
SELECT version AS reference, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS began,
  '019b7523-3400-7000-8000-000000030000' AS ledger_centre_id,
  'bench' AS ledger_actor,
  'bench' AS ledger_client,
  'receive' AS ledger_action,
  'case' AS ledger_subject_kind,
  '1' AS ledger_number,
  '{"item_id": "019b7523-3400-7000-8000-000000030102", "item": {"kind": "promised", "statutory_days": 20, "promised_days": 5}, "materials_complete": true, "channel": "window", "regulation": "nanchang", "edition": "2012", "digest": "6a3be761036549131b35f41209a76f395f0e49370ca37e2f27b32770c6c30d8e", "national": false, "calendar": "360100", "outside_hall": false}' AS ledger_facts,
  '{nanchang/22}' AS ledger_rows,
  '3161d8f4-d737-4c42-8e80-965a73a0f8b8' AS ledger_request_id,
  '\x5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9' AS ledger_hash,
  '019b7523-3400-7000-8000-000000030000' AS case_centre_id,
  '019b7523-3400-7000-8000-000000030102' AS case_item_id,
  '演示事项：承诺五个工作日' AS case_item_name,
  'promised' AS case_item_kind,
  '20' AS case_statutory_days,
  '5' AS case_promised_days,
  'nanchang' AS case_regulation,
  '2012' AS case_edition,
  '6a3be761036549131b35f41209a76f395f0e49370ca37e2f27b32770c6c30d8e' AS case_edition_digest,
  'false' AS case_national,
  '360100' AS case_calendar,
  'received' AS case_stage,
  '1' AS case_version,
  '0' AS case_notices,
  '[]' AS case_exclusions,
  'window' AS case_channel,
  '1' AS item_version,
  '019b7523-3400-7000-8000-000000030000' AS once_centre_id,
  'bench' AS once_client,
  'POST /v1/centres/{centre}/cases' AS once_operation,
  '\x5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9' AS once_fingerprint,
  '\x5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e96b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4bd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab354e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce4b227777d4dd1fc61c6f884f48641d02b4d121d3fd328cb08b5531fcacdabf8aef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39de7f6c011776e8db7cd330b54174fd76f7d0216b612387a5ffcfb81e6f09196837902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b24512c624232cdd221771294dfbb310aca000a0df6ac8b66b696d90ef06fdefb64a319581e27de7ced00ff1ce50b2047e7a567c76b1cbaebabe5ef03f7c3017bb5b74a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd54fc82b26aecb47d2868c4efbe3581732a3e7cbcc6c2efb32062c08170a05eeb86b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba9183fdba35f04dc8c462986c992bcf875546257113072a909c162f7e470e581e2788527a891e224136950ff32ca212b45bc93f69fbb801c3b1ebedac52775f99e61e629fa6598d732768f7c726b4b621285f9c3b85303900aa912017db7617d8bdbb17ef6d19c7a5b1ee83b907c595526dcb1eb06db8227d650d5dda0a9f4ce8cd94523540f1504cd17100c4835e85b7eefd49911580f8efff0599a8f283be6b9e34ec9599fc203d176a301536c2e091a19bc852759b255bd6818810a42c5fed14a9400f1b21cb527d7fa3d3eabba93557a18ebe7a2ca4e471cfe5e4c5b4ca7f767f5ca38f748a1d6eaf726b8a42fb575c3c71f1864a8143301782de13da2d9202b6f4b6612125fb3a0daecd2799dfd6c9c299424fd920f9b308110a2c1fbd8f443785f3ec7eb32f30b90cd0fcf3657d388b5ff4297f2f9716ff66e9b69c05ddd09535fa30d7e25dd8a49f1536779734ec8286108d115da5045d77f3b4185d8f790c2356069e9d1e79ca924378153cfbbfb4d4416b1f99d41a2940bfdb66c5319dbb7a56873cd771f2c446d369b649430b65a756ba278ff97ec81bb6f55b2e735695f9c4ab08cac7457e9111a30e4664920607ea2c115a1433d7be98e97e64244ca670671cd97404156226e507973f2ab8330d3022ca96e0c93bdbdb320c41adcaf59e19706d51d39f66711c2653cd7eb1291c94d9b55eb14bda74ce4dc636d015a35135aaa6cc23891b40cb3f378c53a17a1127210ce60e125ccf03efcfdaec458624b60c58c9d8bfb6ff1886c2fd605d2adeb6ea4da576068201b6c6958ce93f4eb1e33e8a81b697b75855af6bfcdbcbf7cbbde9f94962ceaec1ed8af21f5a50fe29c9c180c6279b0b02abd6a1801c7c04082cf486ec027aa13515e4f3884bb6bc6f3ac57944a531490cd39902d0f777715fd005efac9a30622d5f5205e7f689486e50149658661312a9e0b35558d84f6c6d3da797f552a9657fe0558ca40cdef9f14025af0065b30e47e23ebb3b491d39ae8ed17d33739e5ff3827ffb363495376a50887d8f1c2e9301755428990ad81479ee21c25b43215cf524541e05032697a61b53701befdae0eeeffaecc73f14e20b537bb0f8b91ad7c2936dc63562b25aea92132c4cbeb263e6ac2bf6c183b5d81737f179f21efdc5863739672f0f4700b918943df0962bc7a1824c0555a389347b4febdc7cf9d1254406d80ce44e3f9d59eced1ded07f84c145592f65bdf854358e009c5cd705f5215bf18697fed1033d914f9348c9cc0ff8a79716700b9fcd4d2f3e711608004eb8f138bcba7f14d973475cb40a568e8da8a045ced110137e159f890ac4da883b6b17dc651b3a804944cb730c420480a0477b505ae68af508fb90f96cf0ec54c6ad16949dd427f13a71ee45a3c0db9a9865f7313dd3372cf60dca6479d46261f3542eb9346e4a04d6811786ad1ae74adfdd20dd0372abaaebc6246e343aebd01da0bfc4c02bf0106c25fc0e7096fc653718202dc30b0c580b8ab87eac11a700cba03a7c021bc35b0c31489056e0916d59fe3add79e63f095af3ffb81604691f21cad442a85c7be61798010bd9270f9b100b6214a21754fd33bdc8d41b2bc9f9dd16ff54d3c34ffd710e17daca5f3e175f448bacace3bc0da47d0655a74c8dd0dc497a3afbdad95f1f' AS once_answer,
  '201' AS once_status,
  '019b7523-3400-7000-8000-000000030000' AS event_centre_id,
  'cn.guiju.case.received' AS event_type,
  '{"centre_id": "019b7523-3400-7000-8000-000000030000", "case_id": "019b7523-3400-7000-8000-000000030000", "number": "NANCHANG-2026-00000001", "act": "receive", "version": 1, "occurred_at": "2025-10-09T09.31.29.644747+08.00", "due_on": "2025-10-16", "rows": ["nanchang/22"]}' AS event_data
FROM reference_version WHERE id = 1 \gset
\endif
\set n :n + 1
\set tail random(0, 1000000000000000000)
\set entry random(0, 1000000000000000000)
WITH once AS
(INSERT INTO idempotency (centre_id, client, operation, key, fingerprint, answer, status, created_at, expires_at) SELECT :once_centre_id::UUID AS anon_56, :once_client::VARCHAR AS anon_57, :once_operation::VARCHAR AS anon_58, (lpad(to_hex(:began::bigint + :n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::int), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::VARCHAR AS anon_59, :once_fingerprint::BYTEA AS anon_60, :once_answer::BYTEA AS anon_61, :once_status::INTEGER AS anon_62, now()::TIMESTAMP WITH TIME ZONE AS anon_63, (now() + interval '7 days')::TIMESTAMP WITH TIME ZONE AS anon_64
WHERE (EXISTS (SELECT *
FROM reference_version
WHERE reference_version.id = 1::SMALLINT AND reference_version.version = :reference::VARCHAR)) AND (EXISTS (SELECT *
FROM item
WHERE item.centre_id = :case_centre_id::UUID AND item.id = :case_item_id::UUID AND item.version = :item_version::INTEGER)) ON CONFLICT DO NOTHING RETURNING idempotency.key),
made AS
(INSERT INTO cases (centre_id, id, number, item_id, item_name, item_kind, statutory_days, promised_days, regulation, edition, edition_digest, national, calendar, stage, version, received_at, materials_complete_at, notified_at, notices, corrections, accepted_at, decided_at, decision, sealed_at, completed_at, declined_at, exclusions, extension, green, channel, reference, counts_from_on, due_on, silent_after_on, reference_version, created_at, rectified, department_id, window_id, legal_limit) SELECT :case_centre_id::UUID AS anon_16, (lpad(to_hex(:began::bigint + :n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::int), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::UUID AS anon_17, ('NANCHANG-' || :began || '-' || :client_id || '-' || :n)::VARCHAR AS anon_18, :case_item_id::UUID AS anon_19, :case_item_name::VARCHAR AS anon_20, :case_item_kind::VARCHAR AS anon_21, :case_statutory_days::INTEGER AS anon_22, :case_promised_days::INTEGER AS anon_23, :case_regulation::VARCHAR AS anon_24, :case_edition::VARCHAR AS anon_25, :case_edition_digest::VARCHAR AS anon_26, :case_national::BOOLEAN AS anon_27, :case_calendar::VARCHAR AS anon_28, :case_stage::VARCHAR AS anon_29, :case_version::INTEGER AS anon_30, now()::TIMESTAMP WITH TIME ZONE AS anon_31, now()::TIMESTAMP WITH TIME ZONE AS anon_32, NULL::TIMESTAMP WITH TIME ZONE AS anon_33, :case_notices::INTEGER AS anon_34, NULL::JSONB AS anon_35, NULL::TIMESTAMP WITH TIME ZONE AS anon_36, NULL::TIMESTAMP WITH TIME ZONE AS anon_37, NULL::VARCHAR AS anon_38, NULL::TIMESTAMP WITH TIME ZONE AS anon_39, NULL::TIMESTAMP WITH TIME ZONE AS anon_40, NULL::TIMESTAMP WITH TIME ZONE AS anon_41, :case_exclusions::JSONB AS anon_42, NULL::JSONB AS anon_43, NULL::JSONB AS anon_44, :case_channel::VARCHAR AS anon_45, NULL::VARCHAR AS anon_46, now()::DATE AS anon_47, (now() + interval '7 days')::DATE AS anon_48, now()::DATE AS anon_49, :reference::VARCHAR AS anon_50, now()::TIMESTAMP WITH TIME ZONE AS anon_51, NULL::JSONB AS anon_52, NULL::UUID AS anon_53, NULL::UUID AS anon_54, NULL::JSONB AS anon_55
FROM once RETURNING cases.id),
entered AS
(INSERT INTO ledger (centre_id, id, at, occurred_at, actor, client, action, subject_kind, subject_id, number, facts, rows, override, request_id, hash) SELECT :ledger_centre_id::UUID AS anon_1, (lpad(to_hex(:began::bigint + :n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::int), 3, '0') || '8' || lpad(to_hex(:entry::bigint), 15, '0'))::UUID AS anon_2, now()::TIMESTAMP WITH TIME ZONE AS anon_3, now()::TIMESTAMP WITH TIME ZONE AS anon_4, :ledger_actor::VARCHAR AS anon_5, :ledger_client::VARCHAR AS anon_6, :ledger_action::VARCHAR AS anon_7, :ledger_subject_kind::VARCHAR AS anon_8, (lpad(to_hex(:began::bigint + :n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::int), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::UUID AS anon_9, :ledger_number::INTEGER AS anon_10, :ledger_facts::JSONB AS anon_11, :ledger_rows::TEXT[] AS anon_12, NULL::JSONB AS anon_13, :ledger_request_id::VARCHAR AS anon_14, :ledger_hash::BYTEA AS anon_15
FROM made),
sent AS
(INSERT INTO outbox (centre_id, id, case_id, type, data, created_at) SELECT :event_centre_id::UUID AS anon_65, (lpad(to_hex(:began::bigint + :n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::int), 3, '0') || '8' || lpad(to_hex(:entry::bigint), 15, '0'))::UUID AS anon_66, (lpad(to_hex(:began::bigint + :n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::int), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::UUID AS anon_67, :event_type::VARCHAR AS anon_68, :event_data::JSONB AS anon_69, now()::TIMESTAMP WITH TIME ZONE AS anon_70
FROM made)
 SELECT 1::INTEGER AS anon_71
FROM made;
