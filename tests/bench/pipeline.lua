-- Sixteen requests at a time on each connection.
local sixteen

init = function()
    local one = wrk.format("GET", wrk.path)
    sixteen = one:rep(16)
end

request = function()
    return sixteen
end
