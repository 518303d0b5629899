-- mod_danegate takes streams that danegate hands off without TLS and SASL
-- (`hand_off: proxy`): in front of each comes a PROXY v2 header, sealed with a
-- secret, that says which domain the peer has proven. README.md says how to set
-- it up; the format's manual is proxy/shard/hand_off.h. For Prosody 0.12.
--
-- A stream gets here no other way, and by this way as no other domain: a
-- connection is nothing to Prosody until its header has the right seal, made for
-- this connection and this address. Then it becomes one of mod_s2s, for the two
-- domains of the header, and takes the usual course with what TLS and SASL would
-- have shown filled in. The ports of mod_s2s itself are as before.

module:set_global();

local hashes = require "util.hashes";
local hex = require "util.hex".to;
local lfs = require "lfs";
local nameprep = require "util.encodings".stringprep.nameprep;
local ntop = require "util.net".ntop;
local portmanager = require "core.portmanager";
local random = require "util.random";
local timer = require "util.timer";

local hosts = prosody.hosts;
local s2s_sessions = module:shared("/*/s2s/sessions");

-- What may be held for those who have shown nothing yet.
local header_seconds = 5; -- from the connection to its last octet
local header_octets = 4096; -- two names of 1,023 octets and room to spare
local connections = math.max(1, module:get_option_number("danegate_pending", 100));
local lines_a_second = 20; -- in the log

local least_secret = 32;

-- --- secrets -----------------------------------------------------------------

-- One in each line of the file, so that a new one can be there beside the old.
-- Returns them, or nil and what is wrong.
local function read_secrets()
	local path = module:get_option_path("danegate_secret_file", nil, "config");
	if not path then return nil, "danegate_secret_file is not set"; end
	local permissions, why = lfs.attributes(path, "permissions");
	if not permissions then return nil, why; end
	if permissions:sub(4) ~= "------" then
		return nil, path .. " can be used by others than its owner; run chmod 600 on it";
	end
	local file, failure = io.open(path, "rb");
	if not file then return nil, failure; end
	local secrets = {};
	for line in (file:read("*a") or ""):gmatch("[^\r\n]+") do
		if #line < least_secret then
			file:close();
			return nil, path .. " has a line of less than " .. least_secret .. " characters";
		end
		if line:find("[^!-~]") then
			file:close();
			return nil, path .. " has a line with a space, or with something else than ASCII";
		end
		table.insert(secrets, line);
	end
	file:close();
	if not secrets[1] then return nil, path .. " is empty"; end
	return secrets;
end

local secrets, mistake = read_secrets();
if not secrets then error("mod_danegate: " .. mistake, 0); end

module:hook("config-reloaded", function ()
	local read, why = read_secrets();
	if read then
		secrets = read;
	else
		module:log("error", "the secrets stay as they are: %s", why);
	end
end);

-- --- the header --------------------------------------------------------------

local signature = "\r\n\r\n\0\r\nQUIT\n";
local proxy_v2 = 0x21; -- version 2, command PROXY
local address_octets = { [0x11] = 4; [0x21] = 16 }; -- of TCP over IPv4, IPv6
local prefix_octets = 16;
local field_authority, field_peer, field_seal, field_backend, field_nonce = 0x02, 0xE0, 0xE1, 0xE2, 0xE3;
local seal_octets = 64;
local label = "danegate hand-off 1 %s\0";

-- `size` octets in network order.
local function number(octets, at, size)
	local sum = 0;
	for i = at, at + size - 1 do sum = sum * 256 + octets:byte(i); end
	return sum;
end

-- The length of the header that begins with `octets`; nil while it is not known
-- yet; false and why if there is none.
local function header_length(octets)
	if octets:sub(1, #signature) ~= signature:sub(1, #octets) then
		return false, "it does not begin with a PROXY v2 header";
	end
	if #octets < prefix_octets then return nil; end
	local size = address_octets[octets:byte(14)];
	if octets:byte(13) ~= proxy_v2 or not size then
		return false, "the PROXY header is not of a TCP connection";
	end
	local length = prefix_octets + number(octets, 15, 2);
	local least = prefix_octets + 2 * size + 4 + 3 + seal_octets;
	if length < least then return false, "the PROXY header has no seal"; end
	if length > header_octets then return false, "the PROXY header is too long"; end
	return length;
end

-- The seal of a header and the secret that it was made with for this challenge,
-- or nil.
local function find_seal(header, challenge)
	local sealed, seal = header:sub(1, -4 - seal_octets), header:sub(-seal_octets);
	local field = header:sub(-3 - seal_octets, -1 - seal_octets);
	if field ~= string.char(field_seal, 0, seal_octets) then return nil; end
	local found;
	for _, secret in ipairs(secrets) do
		local right = hashes.hmac_sha256(secret, label:format("header") .. challenge .. sealed, true);
		if hashes.equals(right, seal) then found = secret; end
	end
	if found then return seal, found; end
end

-- The fields behind the addresses, by type; nil if they are not whole, or one
-- is there twice.
local function read_fields(header, at)
	local fields = {};
	while at <= #header do
		if at + 2 > #header then return nil; end
		local kind, length = header:byte(at), number(header, at + 1, 2);
		local stop = at + 2 + length;
		if stop > #header or fields[kind] then return nil; end
		fields[kind] = header:sub(at + 3, stop);
		at = stop + 1;
	end
	return fields;
end

-- A domain as Prosody writes it; nil if it would write another. nameprep is of
-- IDNA 2003 and makes "strasse" of "straße", which danegate has proven, and
-- knows as two domains.
local function same_name(domain)
	if domain and domain ~= "" and nameprep(domain) == domain then return domain; end
end

-- What a header says whose seal is right, or nil and why it is not to be used.
local function read_claim(header)
	local size = address_octets[header:byte(14)];
	local fields = read_fields(header, prefix_octets + 2 * size + 4 + 1);
	if not fields then return nil, "the fields of the PROXY header are malformed"; end
	local nonce, backend = fields[field_nonce], fields[field_backend];
	if not nonce or #nonce < 16 or #nonce > 64 or not backend then
		return nil, "the PROXY header has no nonce, or does not say where it goes";
	end
	if not fields[field_authority] then return nil, "the PROXY header names no domain"; end
	local to, peer = same_name(fields[field_authority]), same_name(fields[field_peer]);
	if not to or (fields[field_peer] and not peer) then
		return nil, "Prosody would write a domain of it otherwise, and take it for another's";
	end
	return {
		to = to, peer = peer, backend = backend;
		ip = ntop(header:sub(prefix_octets + 1, prefix_octets + size));
		port = number(header, prefix_octets + 2 * size + 1, 2);
	};
end

-- Our end of a connection, as the edge writes it.
local function address_of(conn)
	local ip, port = conn:socket():getsockname();
	return (ip:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(ip, port);
end

-- Why no stream can be between the two domains, or nil.
local function why_unwanted(claim)
	local host = hosts[claim.to];
	if not host then return "this server does not host " .. claim.to; end
	if not host.modules.s2s or not portmanager.get_service("s2s") then
		return claim.to .. " takes no streams from other servers";
	end
	if not host.modules.danegate then return "mod_danegate is not enabled for " .. claim.to; end
	if claim.peer and hosts[claim.peer] then return claim.peer .. " is hosted here itself"; end
end

-- --- connections -------------------------------------------------------------

-- By connection: its challenge, the octets so far, the timer, and the neighbours
-- in a list of all in the order in which they came.
local pending = {};
local pending_count = 0;
local list = {};
list.next, list.previous = list, list;

local function forget(conn)
	local its = pending[conn];
	if not its then return; end
	timer.stop(its.timer);
	its.next.previous, its.previous.next = its.previous, its.next;
	pending[conn] = nil;
	pending_count = pending_count - 1;
end

-- Strangers can be as many as they like, and shall not fill the log.
local told_second, told, untold = 0, 0, 0;
local function tell(conn, why)
	local now = os.time();
	if now ~= told_second then told_second, told = now, 0; end
	told = told + 1;
	if told > lines_a_second then
		untold = untold + 1;
		return;
	end
	local more = untold > 0 and (" (and %d others that are not told)"):format(untold) or "";
	untold = 0;
	module:log("warn", "Refused a hand-off from %s: %s%s", conn:ip(), why, more);
end

-- Whoever has not shown that he knows the secret is told nothing.
local function refuse(conn, why)
	tell(conn, why);
	forget(conn);
	conn:close();
end

-- Of an answer to the header with this seal.
local function proof(secret, word, seal, why)
	return hashes.hmac_sha256(secret, label:format(word) .. seal .. why, true);
end

local function refuse_edge(conn, seal, secret, why)
	module:log("warn", "Refused a hand-off from %s: %s", conn:ip(), why);
	forget(conn);
	local line = why:gsub("[^ -~]", "?"):sub(1, 200);
	conn:write(("danegate-1 refused %s %s\r\n"):format(proof(secret, "refused", seal, line), line));
	conn:close();
end

-- The connection becomes one of mod_s2s that is proven already, but for its
-- header: a `from` or `to` that differs from these ends it there.
local function become_stream(conn, claim)
	local listener = portmanager.get_service("s2s").listener;
	conn:setlistener(listener);
	listener.onconnect(conn);
	local session = s2s_sessions[conn];
	session.ip = claim.ip;
	session.secure = true; -- as far as s2s_require_encryption goes
	session.cert_chain_status, session.cert_identity_status = "valid", "valid";
	session.from_host, session.to_host, session.host = claim.peer, claim.to, claim.to;
	session.handed_off_by = module.name;
	session.log("info", "Handed off by danegate: %s at %s port %d, to %s", claim.peer, claim.ip, claim.port, claim.to);
end

local function take(conn, seal, secret, claim)
	forget(conn);
	if not conn:write("danegate-1 taken " .. proof(secret, "taken", seal, "") .. "\r\n") then return; end
	if claim.peer then
		become_stream(conn, claim);
	else
		conn:close(); -- it was a check
	end
end

local function judge(conn, header)
	local seal, secret = find_seal(header, pending[conn].challenge);
	if not seal then return refuse(conn, "the seal is missing, or made with another secret"); end
	local claim, why = read_claim(header);
	if claim and claim.backend ~= address_of(conn) then
		local here = address_of(conn);
		why = ("it was meant for %s, and came to %s; write address: %s, and forward no port in between")
			:format(claim.backend, here, here);
	elseif claim then
		why = why_unwanted(claim);
	end
	if why then return refuse_edge(conn, seal, secret, why); end
	take(conn, seal, secret, claim);
end

local listener = {};

-- The edge has its header ready, so whoever has waited longest is dropped where
-- there are too many.
function listener.onconnect(conn)
	if pending_count >= connections then
		refuse(list.next.conn, ("%d others are under way"):format(pending_count));
	end
	local its = { conn = conn, octets = "", next = list, previous = list.previous };
	its.challenge = hex(random.bytes(32));
	its.timer = timer.add_task(header_seconds, function ()
		refuse(conn, ("no header within %d seconds"):format(header_seconds));
	end);
	its.previous.next, list.previous = its, its;
	pending[conn] = its;
	pending_count = pending_count + 1;
	conn:write("danegate-1 challenge " .. its.challenge .. "\r\n");
end

function listener.onincoming(conn, data)
	local its = pending[conn];
	if not its then return; end
	its.octets = its.octets .. data;
	local length, why = header_length(its.octets);
	if length == false then return refuse(conn, why); end
	if not length or #its.octets < length then return; end
	if #its.octets > length then return refuse(conn, "there are octets behind the PROXY header"); end
	judge(conn, its.octets);
end

function listener.ondisconnect(conn)
	forget(conn);
end

module:provides("net", { name = "danegate"; listener = listener; private = true; default_port = 5275 });

-- --- streams -----------------------------------------------------------------

function module.add_host(module)
	-- Where mod_saslauth would offer EXTERNAL, and before it: the stream's header
	-- has been read, and its features are what we are asked for.
	module:hook("s2s-stream-features", function (event)
		local session = event.origin;
		if not session.handed_off_by or session.type ~= "s2sin_unauthed" then return; end
		module:fire_event("s2s-authenticated", {
			session = session, host = session.from_host, mechanism = "danegate";
		});
	end, 1000);
end
