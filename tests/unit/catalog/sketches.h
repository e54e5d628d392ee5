/* SPDX-License-Identifier: Apache-2.0 */
/* Sketches as Hive 4.0.1 wrote them, in base64, with its own estimates: two, and what it made of
 * both. Made by its classes HyperLogLog and FMSketch from longs. For test_statistics_sketch.c
 * alone. */
#pragma once

typedef struct {
    const char *text;
    long distinct;
} Sketch;

/* both sparse: longs 0..99 and 50..149, precision 10 */
static const Sketch SPARSE_ONE = {
    "SExMoGRkgp3odYD9//L//////wG/pMSRAcD89+8DgpeM3fz/////Af7Yu9wCwrTFygH+xuWa/v////8BgL/v+wGF"
    "2fzj+v////8Bu++pxP//////AYGBvv3//////wHAiICeBL//4oL8/////wHD9tPFA/3lotX7/////wGA1O/LAsG0"
    "hawBv5nSg/3/////AYPM09cC/r66hv7/////AYDZ3+/9/////wGAk6DJAYDhoIQDwJTPxvz/////AYDfjYYDv6q/"
    "tf3/////AYGas0X/rru8BMKFi7v8/////wGA2b/VAoCNoc79/////wH+pfyd/f////8Bw9+y+wL/y4++/f////8B"
    "/vH9QILhwvH+/////wHAwsGyAr628tMDwN/v9fz/////AYGCxIQEwrnIkPr/////Ab+ssJIBvpyei///////AYKB"
    "w/wD//imtgH/oJOJ+/////8BweybtgOCqJrs+/////8B/8OQ9QXBy+/M+P////8BvoWXmATCn6fxAr20jfP+////"
    "/wGB3dmBAf+7/uz9/////wGB1qKnAf/AhPf9/////wGAzZjp/f////8Bw93a9QS+jsfY+/////8Bg5famf//////"
    "AYDFgO0B/ZnVZYGL+638/////wGA9J/P//////8Bwcfvjga/vM6J+v////8BvqrshgWAgdACwenq0f//////AcqI"
    "6+f7/////wG24fTtAsGwuLgCv5zYiAG/zKOu+f////8BwKHa+ATBgtSh/P////8B/7qz4P3/////AcOG0/IDvqWa"
    "fMDkroz7/////wG/kJxEgP/38P//////AcKw0rkBvpnma8GNk5cCgKaA6///////Ab/Biob+/////wHCnPyL/v//"
    "//8BvuTjjAWAwMiA+v////8BwJbP3wfA65CS/P////8BgfPtff+Rq4n7/////wHApY7bAoCuue8CgPHHQ8DirlQ=",
    100};
static const Sketch SPARSE_OTHER = {
    "SExMoGRkwb6s+gGB2P7fAoiG2BW77r61//////8B/PLTwwPA5/Cb//////8Bhdn84/r/////AbvvqcT//////wGA"
    "iaEegefsj///////Ab+t1K8BgJylpwGAztev/v////8Bw5qXkgG+8PbL//////8Bv8KBiQLBip80gLjPx/3/////"
    "Af+uu7wEwoWLu/z/////Af/uiTeA9sC2AoH09Of//////wH+sp3s+v////8BwNXOiwWC1vOt+/////8B/pyXkQGC"
    "uarR/v////8BwYPukAT9u6beAcCa6Y/7/////wGCgcP8A//4prYB/9jVsP3/////AYS30qIBvumxzQHBy+/M+P//"
    "//8B/pG20P//////AcCTwc4D/8nbrAGBlsTM//////8BgtOn2f3/////Ab3ci26AmsjWA4PWq1O9tI3z/v////8B"
    "gd3ZgQGAkqGU//////8Bwuv3Vb2a1ab//////wGB9PGx/P////8BwaWJ3wLCttGn/v////8B/7TeqwL93bWKAYGH"
    "wa/9/////wGBg9mV/P////8BxbSOzwH59q26A4Gsjeb9/////wGBpfjU/P////8Bxu7O9v//////Abmn+Ur/pKvx"
    "AcHH0bkBwbC4uAK+itav//////8BxKm8lv3/////Ab+anl6/2LGe//////8B/4O1FoCgs2vAja/o+/////8B/6Ca"
    "hgOCn8zo/v////8Bvpnma4GU8vX+/////wHA+aChA7/NlMr+/////wHB2OugAb/Biob+/////wHCnPyL/v////8B"
    "/vSELYHN4ssCv+LElPz/////AcCWz98HgO6fuPj/////AYKMpK8H/v+Sgvz/////AcDxuSiB8urE/P////8BgIGD"
    "uQT/kauJ+/////8BwKWO2wLCkay+A76cjbH//////wGA8cdDgcez4P3/////AYDg3vT8/////wH/6b1H",
    100};
static const Sketch SPARSE_BOTH = {
    "SExMoJYBlgGCneh1gP3/8v//////Ab+kxJEBgdj+3wKIhtgVt56heoTQnbv+/////wH+xu6h/v////8B/ti73ALC"
    "tMXKAb6e5HrAqIGg/f////8BgL/v+wGF2fzj+v////8Bu++pxP//////AYGBvv3//////wHAiICeBL//4oL8////"
    "/wGB5+yP//////8Bv63UrwGD4pKGA/3lotX7/////wGA1O/LAsG0hawBv5nSg/3/////AcOal5IBwLG8xQH+vrqG"
    "/v////8Bv8KBiQLBlt7m+/////8BgJOgyQGA4aCEA8CUz8b8/////wGA342GA7+qv7X9/////wGBmrNF/667vATC"
    "hYu7/P////8B/+6JN4D2wLYCgfT05///////AYCNoc79/////wH+pfyd/f////8BwNXOiwWDiuTv/f////8B/8uP"
    "vv3/////Af6cl5EBgNXmr///////AYLhwvH+/////wHAwsGyAsDAv/39/////wH+9bLWBcONu7r+/////wH90bS7"
    "/v////8BgOrxogOBmNJhwrnIkPr/////Ab+ssJIBvpyei///////AYKBw/wD//imtgH/oJOJ+/////8BweybtgO/"
    "y6bx/v////8BhLfSogG/paHY+/////8B/8OQ9QXBy+/M+P////8B/pG20P//////AcCTwc4D/8nbrAGBlsTM////"
    "//8BgtOn2f3/////Ab3ci26AmsjWA4PWq1O9tI3z/v////8Bgd3ZgQH/u/7s/f////8BgdaipwH/wIT3/f////8B"
    "gM2Y6f3/////AcPd2vUEvZrVpv//////AYH08bH8/////wHBpYnfAsLx0Lr8/////wGAxYDtAf+03qsC/d21igGB"
    "h8Gv/f////8BgYv7rfz/////AYD0n8///////wHBx++OBr+8zon6/////wHFtI7PAfn13bcDgIHQAsHp6tH/////"
    "/wHAwqKU/v////8BgaX41Pz/////Acbuzvb//////wHDsoGIAfb098L//////wH/pKvxAcHH0bkBwbC4uAK/nNiI"
    "Ab/Mo675/////wHAodr4BMSpvJb9/////wH92JeL//////8B/7qz4P3/////AcOG0/IDv9ixnv//////Af+DtRaA"
    "oLNrgKmAXMDkroz7/////wG/kJxEgP/38P//////AcCRhtECgp/M6P7/////Ab6Z5muBlPL1/v////8BwPmgoQO/"
    "zZTK/v////8BwdjroAG/wYqG/v////8Bwpz8i/7/////Af70hC2BzeLLAr+i/JMCgMDIgPr/////AcCWz98HgO6f"
    "uPj/////AYKMpK8H/v+Sgvz/////AcDxuSiB8urE/P////8BgIGDuQT/kauJ+/////8BwKWO2wLCkay+A76cjbH/"
    "/////wGA8cdDwOKuVMHkhIz9/////wGA4N70/P////8B/+m9Rw==",
    150};

/* both dense: longs 0..1999 and 1000..2999, precision 10 */
static const Sketch DENSE_ONE = {
    "SExMpIYQECQSFUEUFEEgIFFRERIQEjgRJjMRAxIwISYgMyUnIEMyECATEBElERUAEjEwAjIzMyMUMBMRA0FkEhEw"
    "BREjAUlCMgEsYCBgMzIQFRARIRIRNDExIhEAIRAgNiISFRQiEwJhJWIUJEIBI2EDFEERIgBGIjExIRFgMwEygTVE"
    "Q2IUMEYgM0FSAxMEExMhAzFBAyESRBICNBUUEyEQAxFyZBJBISU0FQEjIxEBEkczMzAhMwJVE1EgEwMgMxUkEFdA"
    "QyEgMwM0RAJBBDIBFFJVURFiESEkFhAhMSZDdDUSRBMzESEmEyAjEBEwMUVRIjEzMSZRllNDEGMBUhImMgAxIQMw"
    "QCNEMSMDBAJyUgEyMiQRITNCUyBmEhYCIhIlEyADITUkIgEgMRMzQTFCIkQSAUMkIjEEUDNEIFSDEREXQlEUMRAT"
    "ElNhkgIRAiFxEyMWUxAxMSIzUSQggUExL1QgIQQRI2QiIhRDMkUQQCNSEyMCJyJBAiAwJAMmUiVAAVAiFEIhQhIg"
    "IQAiQSIyIVQGAkBAEBElKTISUkElcjoQYgQUAzAiASQBMhQTIRNEICE1IyMzIyk0MDIyETQiIDYmVVIRIic0JxIT"
    "JBIxIVJGJEFAFjECQkBDQTNTJBIwRRFDJiIQAjFRMCIWESESEDACElEBASNDBTQDICwhEBQRIAI=",
    2054};
static const Sketch DENSE_OTHER = {
    "SExMpMUPATEyAkEQAEEjIVIxEhIggjMyJhMQAwNQIiYCMyMTE0NgNSADEXIhARUwMjAwQjI1MCMQMBEBQzAiEjE0"
    "MyEjAUZDETEsIQJyEzMQFhARERIUNAERJxEAIRM1QSERCQIkIwJiBYITEiExNyFhBAMxISEWFTEyIRJjMyEhMTVB"
    "EEI0CCMgk0EgBBMEYjKBEyFBBgERBAIBRUFiESIQAwF0BCBAMiEzAgFCIxIyAUcjNjIRQyFGIzUFEyIiMmUkEFJB"
    "MQEidwBCETIRFGIBJEdVUSEhETEiFiUBISQSdCgSZBJDYhEmQyIDMhAwMSBQATEyAxUEllE2hGMRMhIkNCIxIgER"
    "QgBEIQMTBBIiIQADMRQBEkJBUzEwExYgEkMhFyEAIyMkIgEWMSU0QTBCAWBSIUNkIDEBMWQ0QUGDFBEXEhMiMWNh"
    "BBMSEiYhAoMzMiMwU3QxASITERRCgSEyL1QgJQARITQgIhRDEiEAQCAIUyMSEiJBEiBQATMkIXEhA1EkFCJBQjNA"
    "ASAiQSUyETNWAkABEVEjKTASUhEVcTYRQgEiADBiQSARMhQBIRNEVCEVAzMhJBk0EBFFETIiIBYiAyIWIgASFxIz"
    "JAIyIFJGVCc5FnQBQgNDEQQjJBAVRQJDIyJRkwFiECI2IDECESMVEDECISMRJRQDAkIhAhRVIAE=",
    1989};
static const Sketch DENSE_BOTH = {
    "SExMpLwXETQyFUEUFEEjIVJREhIggjgyJjMRAxNQIiYiMyUnI0NiNSATEXIlERUwMjEwQjI1MyMUMBMRQ0FkEjE0"
    "NSEjAUlDMjEsYSJyMzMQFhARIRIUNDExJxEAIRM1RiISGRQkIwJiJYIUJEIxN2FjFEMxIiFGJTEyIRJjMyEygTVE"
    "Q2I0OEYgk0FSBBMEYzOBEzFBBiESRBICRUVkEyIQAxF0ZCJBMiU0FQFDIxIyEkczNjIhQyJWI1UlEyMiM2UkEFdB"
    "QyEidwNERDJBFGIBJFdVUSFiETEkFiUhMSZDdDgSZBNDYiEmQyIjMhEwMUVRIjEzMyZUllNGhGMRUhImNCIxIgMx"
    "QiNEMSMTBBJyUgEzMiQRIkNCUzFmExYiIkMlFyEDIzUkIgEmMSU0QTFCImRSIUNkIjEEUWREQVSDFBEXQlMkMWNj"
    "FFNikiYhAoNzMyM2U3QxMSIzUSRCgUEyL1QgJQQRI2QiIhRDMkUQQCNYUyMSJyJBEiBQJDMmUnVBA1EkFEJBQjNA"
    "ISAiQSUyIVRWAkBBEVElKTISUkElcjoRYgQkAzBiQSQRMhQTIRNEVCE1IzMzJCk0MDJFETQiIDYmVVIWIic0JxIz"
    "JBIyIVJGVEdJFnQCQkNDQTRTJBI1RRJDJiJRkzFiMCI2ITESETMVElECISNDJTQDIkwhEhRVIAI=",
    3004};

/* one sparse, one dense: longs 0..99 and 0..3999, precision 10 */
static const Sketch MIXED_ONE = {
    "SExMoGRkgp3odYD9//L//////wG/pMSRAcD89+8DgpeM3fz/////Af7Yu9wCwrTFygH+xuWa/v////8BgL/v+wGF"
    "2fzj+v////8Bu++pxP//////AYGBvv3//////wHAiICeBL//4oL8/////wHD9tPFA/3lotX7/////wGA1O/LAsG0"
    "hawBv5nSg/3/////AYPM09cC/r66hv7/////AYDZ3+/9/////wGAk6DJAYDhoIQDwJTPxvz/////AYDfjYYDv6q/"
    "tf3/////AYGas0X/rru8BMKFi7v8/////wGA2b/VAoCNoc79/////wH+pfyd/f////8Bw9+y+wL/y4++/f////8B"
    "/vH9QILhwvH+/////wHAwsGyAr628tMDwN/v9fz/////AYGCxIQEwrnIkPr/////Ab+ssJIBvpyei///////AYKB"
    "w/wD//imtgH/oJOJ+/////8BweybtgOCqJrs+/////8B/8OQ9QXBy+/M+P////8BvoWXmATCn6fxAr20jfP+////"
    "/wGB3dmBAf+7/uz9/////wGB1qKnAf/AhPf9/////wGAzZjp/f////8Bw93a9QS+jsfY+/////8Bg5famf//////"
    "AYDFgO0B/ZnVZYGL+638/////wGA9J/P//////8Bwcfvjga/vM6J+v////8BvqrshgWAgdACwenq0f//////AcqI"
    "6+f7/////wG24fTtAsGwuLgCv5zYiAG/zKOu+f////8BwKHa+ATBgtSh/P////8B/7qz4P3/////AcOG0/IDvqWa"
    "fMDkroz7/////wG/kJxEgP/38P//////AcKw0rkBvpnma8GNk5cCgKaA6///////Ab/Biob+/////wHCnPyL/v//"
    "//8BvuTjjAWAwMiA+v////8BwJbP3wfA65CS/P////8BgfPtff+Rq4n7/////wHApY7bAoCuue8CgPHHQ8DirlQ=",
    100};
static const Sketch MIXED_OTHER = {
    "SExMpYUfCIZBiEUgQoKQgxDEEoihCIYhCQUaBiOYYxBAMIygEIRiCGMZRHEMgzCGUYAjCM4hGCEJRgGIYhhIIYxl"
    "GMQwkGIwxBIMgzECIYRkGUYkDAEiSDGIYRMMEQjjGMZAhCYIAjEEIgkGQYRhKcJACEEQxlIYQhiCkJBkEMAjCEVA"
    "hEEQghhGcwTDCQgyBEIQiGEUZBmIEIjFGMQRiQEZSEIMwhkGghhiSMgSiAQgzEMMY0DGMYyBCYYQiOQYgCIUhTEC"
    "MQykAOgjkMUQiBGIRRkIUoSDEUJBiMYhxjGYYhEIMQimEMpRFKMRBCGMxRECMpyBIMwhiOcQyEIQZCBCQwghEQpy"
    "lKIYTDCEYRECYRRBGIRiFOQaAmMQIyHMIgRGIMgxDGUIRiGEhShEIYhjGMRikSYoyGQQwwhKIIhGKQYhlMMYxkIN"
    "AyEGEYxjAQIjiKIARjGIRAlKIg0EKMYTGOMZhCGIgylCcQgjENRREEIYRGGEhxkIEYSDEIxCiEMgzEEIYQkKExSE"
    "IQpEDCQYRHIMoxEGFwzDCQpTkSIhhBCJAzjGMQxmKM5BhGEQxjKNJCCQMgSiE8pBAEUBAhEMxBCKIJCDGIhQhIIQ"
    "yoKUQwjGcQyBEIQSgEQYyGKI5SBCMoRkCQgiBIIYyAIEQBiIERRiKEpCmGIgCBOEoRFEkYwlKIgTlOIaghMMJBEA"
    "MZTDIERCBGIpAjEEIyEKQQRlEMYxpEQSRkOYYiFCEZBCIMZhGKUogmQMRyEEcQhjEQQhiMEoiGKQhyJCY5ACIIgy"
    "DIEhCjEQIhlIURCDEYYikSMZTCGUQhmEIYQjCUYwlCIwQiIERSDEUZCDEIjCBCIhClEEQw==",
    3973};
static const Sketch MIXED_BOTH = {
    "SExMpYUfCIZBiEUgQoKQgxDEEoihCIYhCQUaBiOYYxBAMIygEIRiCGMZRHEMgzCGUYAjCM4hGCEJRgGIYhhIIYxl"
    "GMQwkGIwxBIMgzECIYRkGUYkDAEiSDGIYRMMEQjjGMZAhCYIAjEEIgkGQYRhKcJACEEQxlIYQhiCkJBkEMAjCEVA"
    "hEEQghhGcwTDCQgyBEIQiGEUZBmIEIjFGMQRiQEZSEIMwhkGghhiSMgSiAQgzEMMY0DGMYyBCYYQiOQYgCIUhTEC"
    "MQykAOgjkMUQiBGIRRkIUoSDEUJBiMYhxjGYYhEIMQimEMpRFKMRBCGMxRECMpyBIMwhiOcQyEIQZCBCQwghEQpy"
    "lKIYTDCEYRECYRRBGIRiFOQaAmMQIyHMIgRGIMgxDGUIRiGEhShEIYhjGMRikSYoyGQQwwhKIIhGKQYhlMMYxkIN"
    "AyEGEYxjAQIjiKIARjGIRAlKIg0EKMYTGOMZhCGIgylCcQgjENRREEIYRGGEhxkIEYSDEIxCiEMgzEEIYQkKExSE"
    "IQpEDCQYRHIMoxEGFwzDCQpTkSIhhBCJAzjGMQxmKM5BhGEQxjKNJCCQMgSiE8pBAEUBAhEMxBCKIJCDGIhQhIIQ"
    "yoKUQwjGcQyBEIQSgEQYyGKI5SBCMoRkCQgiBIIYyAIEQBiIERRiKEpCmGIgCBOEoRFEkYwlKIgTlOIaghMMJBEA"
    "MZTDIERCBGIpAjEEIyEKQQRlEMYxpEQSRkOYYiFCEZBCIMZhGKUogmQMRyEEcQhjEQQhiMEoiGKQhyJCY5ACIIgy"
    "DIEhCjEQIhlIURCDEYYikSMZTCGUQhmEIYQjCUYwlCIwQiIERSDEUZCDEIjCBCIhClEEQw==",
    3973};

/* the lowest precision: longs 0..2 and 0..999 */
static const Sketch SMALL_ONE = {"SExMRAIACgACAAAAAA==", 2};
static const Sketch SMALL_OTHER = {"SExMRNUGdople3dqekY=", 853};
static const Sketch SMALL_BOTH = {"SExMRNUGdople3dqekY=", 853};

/* Flajolet-Martin, 16 vectors: longs 0..99 and 50..399 */
static const Sketch FM_ONE = {
    "Rk0QAL8AAAAvAAAAvwIAAH8AAAC/AQAA/wAAAD8AAAB/AAAALwAAAAIAAAB/AAAAPwAAAF8AAAAvAAAA/wQAAD8g"
    "AAA=",
    63};
static const Sketch FM_OTHER = {
    "Rk0QAH8YAABfAAAA/wgAAP8AAAD/AAAA/wEAAH8AAAD/AgAAfwAAAPsDAAD/AAAA/wgAAH9DAAA/AAAA/xAAAP8h"
    "AAA=",
    188};
static const Sketch FM_BOTH = {
    "Rk0QAP8YAAB/AAAA/woAAP8AAAD/AQAA/wEAAH8AAAD/AgAAfwAAAPsDAAD/AAAA/wgAAH9DAAA/AAAA/xQAAP8h"
    "AAA=",
    224};

/* Precision 6 from longs 0..29, precision 12 from longs 20..199. */
static const Sketch PRECISION_LOW = {"SExMZCAQCBABEyABAAAQEAABAAAQADAgMgAAAAEDBGAAQWEAIA==", 32};
static const Sketch PRECISION_HIGH = {
    "SExMwLQBtAGCmuhowKTEkQGA2P7fAoaG2BW6nqF6gdCdu/7/////Af71juj7/////wGBqpuWBb+0xcoBwJ7keoHt"
    "kdP//////wGAwL2A+v////8Bv/uxzAODv+/7AYDZ/OP6/////wG+76nE//////8BgPu5BIGO5xm/gJf+//////8B"
    "v+bVkf//////AcOt1K8BvfqFsgTB54zU/v////8BgsTfzwL/ocOF+f////8B/tPvywKBmPodv+Tnz///////AcTR"
    "9cH+/////wG9mpeSAYKv3U69wZn9/v////8BgIr8J8C4heEBwKn+r/3/////AYDhoIQDxZTPxvz/////AfvejYYD"
    "wKq/tf3/////AYOas0X/rru8BL6Fi7v8/////wGBlpJZ/9j33f//////AYD2wLYCgPT05///////AYDX4+T7////"
    "/wGAtr3pAYGm/J39/////wG/1c6LBcDQ+tH//////wHBuemd/v////8B/8uPvv3/////AYOdl5EBvveZHf+A0TbA"
    "wL/9/f////8BguSSkQG/n9v/Ar/zkMb9/////wHAlcTpAoDJ34v+/////wGC6vGiA/6gj6/7/////wGDtq2sA77D"
    "rLT8/////wH/gMP8A4D5prYBwo2vv/7/////Ab/LpvH+/////wGBt9KiAb7psc0BwcvvzPj/////Af+RttD/////"
    "/wHAk8HOA4DK26wBwJG9vP//////AcCEhxCB06fZ/f////8BwNyLbv+ZyNYDgdarU7+V+/H7/////wGBn5KBA/+B"
    "o/n//////wHA9YXp//////8BxuWwnwH+4YbK/P////8B/9n3ogH+1aKnAYGOneD7/////wG/3dr1BL+a1ab/////"
    "/wGB9PGx/P////8Bv6WJ3wKA5IBwwo3Qyvv/////AYDFgO0B/7TeqwL/3bWKAYCHwa/9/////wGAi/ut/P////8B"
    "gPSfz///////AcGGrRiAwcL2Bb+8zon6/////wHFtI7PAbuiu3fA06LAAoGB0AL/q43m/f////8BgKX41Pz/////"
    "Acbuzvb//////wH6upj1Bcn36JL7/////wH39PfC//////8BgaWr8QH/tdemAcCR+hKA4IWB//////8BwNCytwPD"
    "nNiIAb7Mo675/////wHDodr4BL6pvJb9/////wH+4PUjgI3ZE4DryNP+/////wGB1pS3A8L5ndL7/////wH+8dPJ"
    "Ar/YsZ7//////wGChLUW/p+za4CfwPv8/////wGA3YOT//////8BgK28zQSA9t3P//////8Bwe7QvPv/////AcGQ"
    "nETAkP7BAv6ezOj+/////wGBztzZ/v////8BwO70u///////Af/clNYCwNG5MsHCuMP+/////wHC+aChA76Qm0L/"
    "vPmH/v////8BwYiF2wKG0ObF/v////8B+7q/lv3/////Ab6Gy2/AnPyL/v////8BgPWELYDN4ssCwKL8kwKAwMiA"
    "+v////8Bw5bP3wf+7Z+4+P////8B/4ukrwfB49mB+f////8BwJy5gAOB7N+7/P////8BvoXa7AOE8urE/P////8B"
    "/4CDuQS9+a3Y+/////8BwJj9sP//////AcKljtsCvpGsvgPAqabo/v////8BgcHUj/7/////Af+xkrkCgvHHQ/7G"
    "s+D9/////wGA4N70/P////8BgOq9R4KAsYQE",
    180};
