-- Sends the requests of a file in turn, each thread its own part, and prints figures as one line.
-- REQUESTS names the file; a line is method, path, cookie and body, separated by tabs.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init()
  lines = {}
  local at = 0
  for line in io.lines(os.getenv("REQUESTS")) do
    if at % tonumber(os.getenv("THREADS")) == number then table.insert(lines, line) end
    at = at + 1
  end
  position = 0
end

function request()
  position = position % #lines + 1
  local method, path, cookie, body = lines[position]:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)")
  local headers = { ["Accept-Language"] = "pt-BR" }
  if cookie ~= "" then headers["Cookie"] = cookie end
  if body ~= "" then headers["Content-Type"] = "application/x-www-form-urlencoded" end
  return wrk.format(method, path, headers, body)
end

function done(summary, latency)
  print(string.format(
    "FIGURES %d %d %d %d %d %d",
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)
  ))
end
