# lines: 2-4
%pwd
print("runs")
!echo "it's
def broken(:
    pass
