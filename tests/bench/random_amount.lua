-- Asks about another amount each time: 1.00 to 5000.99, none twice before all were asked, and beginning elsewhere each run.
math.randomseed(os.time())
local first = math.random(0, 499999)
local turn = 0

request = function()
    turn = turn + 1
    local cents = (first + turn * 7919) % 500000
    return wrk.format("GET", string.format("%s%d.%02d", wrk.path, 1 + math.floor(cents / 100), cents % 100))
end
