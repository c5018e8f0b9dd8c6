-- Sends the requests of a file in turn: each line is a method and a target; bodies, if any, have
-- as many bytes as the second argument says. At the end one line tells what they came to.
local requests, at = {}, 0

function init(arguments)
  local length = tonumber(arguments[2])
  local body = length > 0 and string.rep("x", length) or nil
  for line in io.lines(arguments[1]) do
    local method, target = line:match("^(%S+) (%S+)$")
    requests[#requests + 1] = wrk.format(method, target, {}, body)
  end
  math.randomseed(tonumber(arguments[3]))
  at = math.random(#requests)
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("came to %d %d %d %d %d\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50),
    latency:percentile(99)))
end
