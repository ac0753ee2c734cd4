1; 2
3;
4 ;
5; # hidden
6 # ; shown
"é";
a = 7; a
a = 8; a;
[
    9
];
